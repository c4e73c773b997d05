package firesteel.bench;

import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/** Arguments: input file, output directory, master. Sorts lines by their first ten characters. */
public final class Sort {
  private Sort() {}

  public static void main(String[] args) {
    try (JavaSparkContext sc = Programs.context(args[2], "sort")) {
      JavaRDD<String> lines = sc.textFile(args[0]);
      lines
          .sortBy(line -> line.substring(0, 10), true, lines.getNumPartitions())
          .saveAsTextFile(args[1]);
    }
  }
}
