package firesteel.bench;

import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/** What the Spark programs of the benches share. */
final class Programs {
  private Programs() {}

  /** A local context without web page or progress bar, which a Firesteel job has neither. */
  static JavaSparkContext context(String master, String name) {
    return new JavaSparkContext(
        new SparkConf()
            .setMaster(master)
            .setAppName(name)
            .set("spark.ui.enabled", "false")
            .set("spark.ui.showConsoleProgress", "false"));
  }
}
