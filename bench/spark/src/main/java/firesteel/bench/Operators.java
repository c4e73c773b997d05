package firesteel.bench;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import scala.Tuple2;

/**
 * Arguments: operator, kind of keys (numbers or strings), rows, distinct keys, master. Prints what
 * it folded and the time of the job, without that of starting Spark, as JSON.
 */
public final class Operators {
  private Operators() {}

  /** Sums of what comes out, by name. */
  private static final class Sums implements Serializable {
    final long[] values = new long[3];

    Sums add(long a, long b, long c) {
      values[0] += a;
      values[1] += b;
      values[2] += c;
      return this;
    }

    Sums add(Sums other) {
      return add(other.values[0], other.values[1], other.values[2]);
    }
  }

  private static int keyNumber(long i, int keys) {
    return (int) (Integer.toUnsignedLong((int) i * 0x9e3779b1) % keys);
  }

  private static long largest(Iterable<Integer> values) {
    int largest = 0;
    for (int value : values) if (value > largest) largest = value;
    return largest;
  }

  private static long count(Iterable<Integer> values) {
    long count = 0;
    for (int ignored : values) count++;
    return count;
  }

  private static <K extends Comparable<K>> Sums run(
      String operator, JavaPairRDD<K, Integer> pairs, JavaPairRDD<K, Integer> others) {
    switch (operator) {
      case "reduceByKey":
        return pairs
            .reduceByKey(Integer::sum)
            .aggregate(new Sums(), (s, row) -> s.add(1, row._2, row._2 % 2), Sums::add);
      case "groupByKey":
        return pairs
            .groupByKey()
            .aggregate(new Sums(), (s, row) -> s.add(1, count(row._2), largest(row._2)), Sums::add);
      case "join":
        return pairs
            .join(others)
            .aggregate(
                new Sums(), (s, row) -> s.add(1, (long) row._2._1 * row._2._2, 0), Sums::add);
      case "sortByKey":
        return pairs
            .sortByKey()
            .mapPartitions(
                rows -> {
                  Sums sums = new Sums();
                  K last = null;
                  while (rows.hasNext()) {
                    Tuple2<K, Integer> row = rows.next();
                    boolean unordered = last != null && row._1.compareTo(last) < 0;
                    sums.add(1, row._2, unordered ? 1 : 0);
                    last = row._1;
                  }
                  return List.of(sums).iterator();
                })
            .reduce(Sums::add);
      case "distinct":
        JavaRDD<K> keys = pairs.keys().distinct();
        return keys.aggregate(
            new Sums(),
            (s, key) -> s.add(1, key instanceof String text ? text.length() : 1, 0),
            Sums::add);
      case "cogroup":
        return pairs
            .cogroup(others)
            .aggregate(
                new Sums(),
                (s, row) -> s.add(1, count(row._2._1) * count(row._2._2), largest(row._2._1)),
                Sums::add);
      default:
        throw new IllegalArgumentException(operator);
    }
  }

  private static <K extends Comparable<K>> Sums run(
      String operator, JavaSparkContext sc, long rows, int keys, Function<Integer, K> keyOf) {
    int slices = sc.defaultParallelism();
    JavaPairRDD<K, Integer> pairs =
        sc.sc()
            .range(0, rows, 1, slices)
            .toJavaRDD()
            .mapToPair(
                i -> {
                  long n = (Long) i;
                  return new Tuple2<>(keyOf.call(keyNumber(n, keys)), (int) (n % 1000));
                });
    JavaPairRDD<K, Integer> others =
        sc.sc()
            .range(0, keys, 1, slices)
            .toJavaRDD()
            .mapToPair(
                i -> {
                  int n = ((Long) i).intValue();
                  return new Tuple2<>(keyOf.call(n), n % 100);
                });
    return run(operator, pairs, others);
  }

  private static final Map<String, List<String>> NAMES =
      Map.of(
          "reduceByKey", List.of("keys", "total", "odd"),
          "groupByKey", List.of("keys", "values", "largest"),
          "join", List.of("rows", "products"),
          "sortByKey", List.of("rows", "total", "unordered"),
          "distinct", List.of("keys", "letters"),
          "cogroup", List.of("keys", "pairs", "largest"));

  private static double cpuMs() {
    var system = java.lang.management.ManagementFactory.getOperatingSystemMXBean();
    return ((com.sun.management.OperatingSystemMXBean) system).getProcessCpuTime() / 1e6;
  }

  public static void main(String[] args) {
    long rows = Long.parseLong(args[2]);
    int keys = Integer.parseInt(args[3]);
    try (JavaSparkContext sc = Programs.context(args[4], args[0])) {
      double cpuBefore = cpuMs();
      long start = System.nanoTime();
      Sums sums =
          args[1].equals("numbers")
              ? run(args[0], sc, rows, keys, n -> n)
              : run(args[0], sc, rows, keys, n -> "user" + n);
      double jobMs = (System.nanoTime() - start) / 1e6;
      double jobCpuMs = cpuMs() - cpuBefore;
      Map<String, String> fields = new LinkedHashMap<>();
      List<String> names = NAMES.get(args[0]);
      for (int i = 0; i < names.size(); i++) fields.put(names.get(i), "" + sums.values[i]);
      fields.put(
          "metrics",
          "{\"jobMs\":" + jobMs + ",\"jobCpuMs\":" + jobCpuMs
              + ",\"rowsPerSecond\":" + rows / (jobMs / 1000) + "}");
      System.out.println(
          fields.entrySet().stream()
              .map(field -> "\"" + field.getKey() + "\":" + field.getValue())
              .collect(Collectors.joining(",", "{", "}")));
    }
  }
}
