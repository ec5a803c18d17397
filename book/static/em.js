// EM for the playground: mixtures of Gaussians in one or two dimensions, K-means, and coins.
//
// A classic script, which a page opened from a file may load; it defines one object, EM. Under Node
// it is a module. A row of data is an array of numbers: [x], [x, y], or [heads, tails]. A model is
//   {kind: "gauss", family, floor, weights, means, covariances}
//   {kind: "coins", weights, p}
//   {kind: "kmeans", means}
// Numbers of equations are those of Bishop, Pattern Recognition and Machine Learning, chapter 9.

(function (root) {
  "use strict";

  const LOG_2PI = Math.log(2 * Math.PI);
  const sum = (values) => values.reduce((a, b) => a + b, 0);
  const FAMILIES = ["full", "tied", "diag", "spherical"];

  class CollapseError extends Error {
    constructor(component) {
      super(`component ${component + 1} has collapsed: its covariance is singular`);
      this.component = component;
    }
  }

  // The lower triangle L with L L^T = matrix, or null where a pivot is zero to rounding.
  function cholesky(matrix) {
    const factor = matrix.map((row) => row.map(() => 0));
    for (let i = 0; i < matrix.length; i++) {
      for (let j = 0; j <= i; j++) {
        let rest = matrix[i][j];
        for (let m = 0; m < j; m++) rest -= factor[i][m] * factor[j][m];
        if (i !== j) factor[i][j] = rest / factor[j][j];
        else if (!(rest > 1e-13 * matrix[i][i]) || rest < 1e-300) return null;
        else factor[i][i] = Math.sqrt(rest);
      }
    }
    return factor;
  }

  // The eigenvalues of a symmetric matrix of one or two rows, largest first, and the angle of the
  // first eigenvector.
  function eigen(matrix) {
    if (matrix.length === 1) return { values: [matrix[0][0]], angle: 0 };
    const [[a, b], [, c]] = matrix;
    const middle = (a + c) / 2;
    const half = Math.hypot((a - c) / 2, b);
    return { values: [middle + half, middle - half], angle: Math.atan2(2 * b, a - c) / 2 };
  }

  // The symmetric matrix with these eigenvalues.
  function fromEigen(values, angle) {
    if (values.length === 1) return [[values[0]]];
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    const [u, v] = values;
    const off = (u - v) * c * s;
    return [[u * c * c + v * s * s, off], [off, u * s * s + v * c * c]];
  }

  // Each eigenvalue kept above the floor: the floor against collapse.
  function lifted(matrix, floor) {
    const { values, angle } = eigen(matrix);
    if (Math.min(...values) >= floor) return matrix;
    return fromEigen(values.map((value) => Math.max(value, floor)), angle);
  }

  // ln N(x | mean, L L^T), by solving L z = x - mean.
  function logNormal(x, mean, factor) {
    const z = [];
    let logDet = 0;
    for (let i = 0; i < x.length; i++) {
      let rest = x[i] - mean[i];
      for (let m = 0; m < i; m++) rest -= factor[i][m] * z[m];
      z.push(rest / factor[i][i]);
      logDet += 2 * Math.log(factor[i][i]);
    }
    return -0.5 * (x.length * LOG_2PI + logDet + sum(z.map((value) => value * value)));
  }

  const times = (count, value) => (count === 0 ? 0 : count * value); // 0 ln 0 = 0

  // ln p(x_n, z_n = k | theta) for all n and k: what all else is made of.
  function logJoint(model, data) {
    const logWeights = model.weights.map(Math.log);
    if (model.kind === "coins") {
      return data.map(([heads, tails]) =>
        model.p.map((p, k) =>
          logWeights[k] + times(heads, Math.log(p)) + times(tails, Math.log1p(-p))));
    }
    const factors = model.covariances.map((matrix, k) => {
      const factor = cholesky(matrix);
      if (!factor) throw new CollapseError(k);
      return factor;
    });
    return data.map((x) =>
      model.means.map((mean, k) => logWeights[k] + logNormal(x, mean, factors[k]))); // (9.12)
  }

  // ln(sum of exp), without underflow.
  function logSum(values) {
    const top = Math.max(...values);
    return top === -Infinity ? top : top + Math.log(sum(values.map((v) => Math.exp(v - top))));
  }

  const squared = (x, mean) => sum(x.map((value, i) => (value - mean[i]) ** 2));

  // The responsibilities, or for K-means the nearest mean of each row: the first, if two tie.
  function eStep(model, data) {
    if (model.kind === "kmeans") {
      return data.map((x) => {
        const distances = model.means.map((mean) => squared(x, mean));
        const nearest = distances.indexOf(Math.min(...distances));
        return distances.map((_, k) => (k === nearest ? 1 : 0)); // (9.2)
      });
    }
    return logJoint(model, data).map((row) => {
      const total = logSum(row);
      return row.map((value) => Math.exp(value - total)); // (9.13), (9.23)
    });
  }

  // The parameters that maximise Q for these responsibilities; the other settings stay.
  function mStep(model, data, q) {
    const K = q[0].length;
    const counts = Array.from({ length: K }, (_, k) => sum(q.map((row) => row[k]))); // (9.18), (9.27)
    const weights = counts.map((count) => count / data.length); // (9.22), (9.26)
    if (model.kind === "coins") {
      const p = counts.map((count, k) =>
        count > 0
          ? sum(data.map(([heads], n) => q[n][k] * heads)) /
            sum(data.map(([heads, tails], n) => q[n][k] * (heads + tails)))
          : model.p[k]);
      return { ...model, weights, p };
    }
    const means = counts.map((count, k) =>
      count > 0
        ? data[0].map((_, i) => sum(data.map((x, n) => q[n][k] * x[i])) / count) // (9.17), (9.24)
        : model.means[k]); // a mean without points stays where it is
    if (model.kind === "kmeans") return { ...model, means }; // (9.4)
    const scatters = means.map((mean, k) =>
      mean.map((_, i) => mean.map((_, j) =>
        sum(data.map((x, n) => q[n][k] * (x[i] - mean[i]) * (x[j] - mean[j]))))));
    const pooled = scatters[0].map((row, i) =>
      row.map((_, j) => sum(scatters.map((s) => s[i][j])) / data.length));
    const covariances = scatters.map((scatter, k) => {
      if (model.family === "tied") return pooled;
      if (!(counts[k] > 0)) return model.covariances[k];
      const full = scatter.map((row) => row.map((value) => value / counts[k])); // (9.19), (9.25)
      return ofFamily(full, model.family);
    }).map((matrix) => (model.floor > 0 ? lifted(matrix, model.floor) : matrix));
    covariances.forEach((matrix, k) => {
      if (!cholesky(matrix)) throw new CollapseError(k);
    });
    return { ...model, weights, means, covariances };
  }

  // What a family keeps of a covariance.
  function ofFamily(matrix, family) {
    if (family === "full" || family === "tied") return matrix;
    const mean = sum(matrix.map((row, i) => row[i])) / matrix.length;
    return matrix.map((row, i) =>
      row.map((_, j) => (i !== j ? 0 : family === "spherical" ? mean : matrix[i][i])));
  }

  // ln p(X | theta).
  function logLikelihood(model, data) {
    return sum(logJoint(model, data).map(logSum)); // (9.14), (9.28)
  }

  // Q = E_q[ln p(X, Z | theta)].
  function qFunction(model, data, q) {
    return sum(logJoint(model, data).map((row, n) => // (9.30), (9.40)
      sum(row.map((value, k) => times(q[n][k], value)))));
  }

  // H(q) = -E_q[ln q].
  function entropy(q) {
    return -sum(q.map((row) => sum(row.map((value) => times(value, Math.log(value)))))); // (9.74)
  }

  // L(q, theta) = Q + H: never above ln p(X | theta).
  function bound(model, data, q) {
    return qFunction(model, data, q) + entropy(q); // (9.71)
  }

  // KL(q || p(Z | X, theta)): the gap between the bound and the log-likelihood.
  function gap(model, data, q) {
    const total = sum(logJoint(model, data).map((row, n) => { // (9.72)
      const evidence = logSum(row);
      return sum(row.map((value, k) =>
        times(q[n][k], Math.log(q[n][k]) - (value - evidence))));
    }));
    return Math.max(0, total);
  }

  // J, the sum of squared distances that K-means makes smaller.
  function distortion(model, data, q) {
    return sum(data.map((x, n) => // (9.1)
      sum(model.means.map((mean, k) => times(q[n][k], squared(x, mean))))));
  }

  // The covariance of all rows, divided by N.
  function spread(data) {
    const mean = data[0].map((_, i) => sum(data.map((x) => x[i])) / data.length);
    return mean.map((_, i) => mean.map((_, j) =>
      sum(data.map((x) => (x[i] - mean[i]) * (x[j] - mean[j]))) / data.length));
  }

  const EM = {
    CollapseError, FAMILIES, bound, cholesky, distortion, eStep, eigen, entropy, fromEigen, gap,
    logJoint, logLikelihood, mStep, ofFamily, qFunction, spread,
  };
  root.EM = EM;
  if (typeof module !== "undefined") module.exports = EM;
})(typeof globalThis !== "undefined" ? globalThis : this);
