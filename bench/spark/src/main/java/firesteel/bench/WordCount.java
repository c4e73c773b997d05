package firesteel.bench;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import scala.Tuple2;

/** Arguments: input file, master. Prints distinct words, total and the ten most frequent as JSON. */
public final class WordCount {
  private WordCount() {}

  private static final class ByCount implements Comparator<Tuple2<String, Integer>>, Serializable {
    @Override
    public int compare(Tuple2<String, Integer> a, Tuple2<String, Integer> b) {
      return Integer.compare(a._2, b._2);
    }
  }

  public static void main(String[] args) {
    try (JavaSparkContext sc = Programs.context(args[1], "wordcount")) {
      JavaPairRDD<String, Integer> counts =
          sc.textFile(args[0])
              .flatMap(line -> Arrays.asList(line.split(" ")).iterator())
              .filter(word -> !word.isEmpty())
              .mapToPair(word -> new Tuple2<>(word, 1))
              .reduceByKey(Integer::sum);
      long distinct = counts.count();
      long total = counts.values().aggregate(0L, (sum, n) -> sum + n, Long::sum);
      List<Tuple2<String, Integer>> top = counts.top(10, new ByCount());
      System.out.println(
          "{\"distinct\":" + distinct + ",\"total\":" + total + ",\"top\":["
              + top.stream()
                  .map(t -> "[\"" + t._1 + "\"," + t._2 + "]")
                  .collect(Collectors.joining(","))
              + "]}");
    }
  }
}
