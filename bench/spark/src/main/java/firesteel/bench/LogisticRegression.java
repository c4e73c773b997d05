package firesteel.bench;

import java.io.Serializable;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Arguments: input file, master, iterations, style (map-reduce or aggregate). Prints the weights
 * and the time of the first and of the median cached iteration as JSON.
 */
public final class LogisticRegression {
  private static final double RATE = 1.0;

  private LogisticRegression() {}

  private record Point(double y, double[] x) implements Serializable {}

  private static Point parse(String line) {
    String[] fields = line.split(" ");
    double[] x = new double[fields.length - 1];
    for (int i = 0; i < x.length; i++) x[i] = Double.parseDouble(fields[i + 1]);
    return new Point(Double.parseDouble(fields[0]), x);
  }

  private static double scale(double[] weights, Point p) {
    double dot = 0;
    for (int i = 0; i < weights.length; i++) dot += weights[i] * p.x()[i];
    return (1 / (1 + Math.exp(-p.y() * dot)) - 1) * p.y();
  }

  private static double[] gradient(double[] weights, Point p) {
    double scale = scale(weights, p);
    double[] result = new double[weights.length];
    for (int i = 0; i < result.length; i++) result[i] = p.x()[i] * scale;
    return result;
  }

  private static double[] add(double[] a, double[] b) {
    double[] sum = new double[a.length];
    for (int i = 0; i < sum.length; i++) sum[i] = a[i] + b[i];
    return sum;
  }

  private static double[] addGradient(double[] sum, double[] weights, Point p) {
    double scale = scale(weights, p);
    for (int i = 0; i < sum.length; i++) sum[i] += p.x()[i] * scale;
    return sum;
  }

  private static double[] addInPlace(double[] a, double[] b) {
    for (int i = 0; i < a.length; i++) a[i] += b[i];
    return a;
  }

  public static void main(String[] args) {
    int iterations = Integer.parseInt(args[2]);
    boolean inPlace = args[3].equals("aggregate");
    try (JavaSparkContext sc = Programs.context(args[1], "logistic-regression")) {
      JavaRDD<Point> points = sc.textFile(args[0]).map(LogisticRegression::parse).cache();
      int dimensions = 10;
      double[] weights = new double[dimensions];
      double[] times = new double[iterations];
      long n = 0;
      for (int iteration = 0; iteration < iterations; iteration++) {
        long start = System.nanoTime();
        double[] w = weights;
        double[] gradient =
            inPlace
                ? points.aggregate(
                    new double[dimensions],
                    (sum, p) -> addGradient(sum, w, p),
                    LogisticRegression::addInPlace)
                : points.map(p -> gradient(w, p)).reduce(LogisticRegression::add);
        times[iteration] = (System.nanoTime() - start) / 1e6;
        if (iteration == 0) n = points.count();
        weights = new double[dimensions];
        for (int i = 0; i < dimensions; i++) weights[i] = w[i] - RATE * gradient[i] / n;
      }
      double[] cached = Arrays.stream(times).skip(1).sorted().toArray();
      System.out.println(
          "{\"points\":" + n + ",\"weights\":["
              + Arrays.stream(weights).mapToObj(Double::toString).collect(Collectors.joining(","))
              + "],\"metrics\":{\"firstMs\":" + times[0]
              + ",\"cachedMs\":" + cached[cached.length / 2] + "}}");
    }
  }
}
