// The playground's page: points, means and widths that can be moved, E and M as two buttons.
// Needs em.js and the data that book/playground.py writes; draws into the element #em-playground.

(function () {
  "use strict";

  const COLOURS = ["#0072B2", "#D55E00", "#009E73", "#000000", "#CC79A7"]; // as emlib.plots
  const SHAPES = [ // one marker a component, as emlib.plots: o ^ s D v
    "M-4.2 0a4.2 4.2 0 1 0 8.4 0a4.2 4.2 0 1 0-8.4 0Z", "M0-5L4.8 4H-4.8Z", "M-3.9-3.9H3.9V3.9H-3.9Z",
    "M0-5.4L5.4 0L0 5.4L-5.4 0Z", "M0 5L4.8-4H-4.8Z",
  ];
  const UNSEEN = "#6B6B6B", LIKELIHOOD = "#A01238", BOUND = "#6F3FA8";
  const W = 360, H = 300, LEFT = 38, RIGHT = 14, TOP = 10, BOTTOM = 36;
  const REACH = 14; // half of a touch target
  const MOST = { points: 400, K: 5 };
  const TOSSES = 10;
  const PAUSE = 600; // milliseconds of a step, when it plays
  const DATA = globalThis.EM_DATA;
  const SCENES = {
    faithful: {
      title: "Old Faithful", kind: "plane", data: DATA.faithful, K: 2, family: "full",
      box: [1.2, 5.5, 38, 100], names: ["eruption in minutes", "waiting in minutes"],
      means: [[2.2, 88], [4.6, 56]],
    },
    clouds: {
      title: "Three clouds", kind: "plane", data: DATA.clouds, K: 3, family: "full",
      box: [-13, 3, -12, 8], names: ["first coordinate", "second coordinate"],
      means: [[-11, 4], [-9, -4], [-1, 2]],
    },
    tie: {
      title: "Failure: a tie", kind: "plane", data: DATA.faithful, K: 2, family: "full",
      box: [1.2, 5.5, 38, 100], names: ["eruption in minutes", "waiting in minutes"],
      means: [[3.5, 71], [3.5, 71]],
      note: "Two components that are equal stay equal. Move one a little, and they part.",
    },
    collapse: {
      title: "Failure: a collapse", kind: "line", K: 2, family: "full", held: false,
      data: DATA.galaxies.concat([[45]]), box: [5, 48, 0, 1], names: ["thousand km/s"],
      means: [[21], [45]], widths: [5, 0.4],
      note: "One component sits on one point, and its width shrinks to nothing. The floor holds it.",
    },
    plateau: {
      title: "Failure: a plateau", kind: "line", K: 2, family: "full",
      data: DATA.waiting, box: [38, 100, 0, 1], names: ["waiting in minutes"],
      means: [[70.7], [71.1]], widths: [13.5, 13.5],
      note: "Nearly equal components gain next to nothing for many rounds, and then much.",
    },
    waiting: {
      title: "Waiting times", kind: "line", data: DATA.waiting, K: 2, family: "full",
      box: [38, 100, 0, 1], names: ["waiting in minutes"], means: [[50], [60]],
    },
    coins: {
      title: "Two coins", kind: "coins", K: 2, data: [[5, 5], [9, 1], [8, 2], [4, 6], [7, 3]],
      box: [-0.5, TOSSES + 0.5, 0, 1], names: [`heads of ${TOSSES} tosses`], means: [[6], [5]],
    },
    empty: {
      title: "No points: draw your own", kind: "plane", data: [], K: 2, family: "full",
      box: [0, 10, 0, 8], names: ["first coordinate", "second coordinate"],
      means: [[3, 4], [7, 4]], widths: [1, 1],
    },
  };

  const page = document.getElementById("em-playground");
  const SVG = "http://www.w3.org/2000/svg";
  const copy = (value) => JSON.parse(JSON.stringify(value));
  const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
  const short = (value) => String(Number(value.toPrecision(4)));
  let state, timer, at = 0; // at: which point the keyboard is on

  // ---------------------------------------------------------------- state

  const scene = () => SCENES[state.scene];
  const isPlane = () => scene().kind === "plane";
  const isCoins = () => state.model.kind === "coins";
  const isKmeans = () => state.model.kind === "kmeans";

  function variances(name) {
    const { box, kind } = SCENES[name];
    const sides = kind === "plane" ? [box[1] - box[0], box[3] - box[2]] : [box[1] - box[0]];
    return sides.map((side) => (side / 8) ** 2);
  }

  const floorOf = (name) => Math.min(...variances(name)) / 50;

  // A model of the scene's kind, with these means.
  function modelOf(name, method, family, held, means, widths) {
    const weights = means.map(() => 1 / means.length);
    if (SCENES[name].kind === "coins") {
      return { kind: "coins", weights, p: means.map(([x]) => x / TOSSES) };
    }
    if (method === "kmeans") return { kind: "kmeans", means };
    const covariances = means.map((_, k) => {
      const diagonal = variances(name).map((v) => (widths ? widths[k] ** 2 : v));
      return EM.ofFamily(diagonal.map((v, i) => diagonal.map((_, j) => (i === j ? v : 0))), family);
    });
    return { kind: "gauss", family, floor: held ? floorOf(name) : 0, weights, means, covariances };
  }

  function load(name) {
    const { data, K, family, means, widths, held = true, note } = SCENES[name];
    state = { scene: name, data: copy(data), K, method: "gauss", family, held, moved: false, said: note };
    begin(modelOf(name, "gauss", family, held, copy(means), widths));
  }

  function begin(model) {
    Object.assign(state, { model, q: null, history: [], last: "start", rounds: 0 });
    record();
  }

  function restart(way) {
    const { box } = scene();
    const middle = [(box[0] + box[1]) / 2, (box[2] + box[3]) / 2].slice(0, isPlane() ? 2 : 1);
    const places = state.data.map((x) => (scene().kind === "coins" ? [x[0]] : x));
    const means = Array.from({ length: state.K }, () => {
      if (way === "alike" || !places.length) return [...middle];
      return [...places[Math.floor(Math.random() * places.length)]];
    });
    if (way !== "alike") {
      means.forEach((mean) => mean.forEach((value, i) => {
        mean[i] = value + (Math.random() - 0.5) * 0.04 * (box[2 * i + 1] - box[2 * i]);
      }));
    }
    if (scene().kind === "coins") means.forEach((mean) => (mean[0] = clamp(mean[0], 0.5, 9.5)));
    begin(modelOf(state.scene, state.method, state.family, state.held, means));
    state.said = way === "alike" ? "All components are alike." : "A new start, drawn at random.";
  }

  // Note where log-likelihood and bound stand, after a step or a move.
  function record() {
    const { model, data, q } = state;
    if (!data.length) return;
    if (state.last === "moved" && state.history.at(-1)?.what === "moved") state.history.pop(); // one drag, one step
    try {
      if (model.kind === "kmeans") {
        if (q) state.history.push({ what: state.last, J: EM.distortion(model, data, q) });
      } else {
        const reached = { what: state.last, height: EM.logLikelihood(model, data) };
        if (q) Object.assign(reached, { bound: EM.bound(model, data, q), gap: EM.gap(model, data, q) });
        state.history.push(reached);
      }
    } catch (error) {
      say(error);
    }
    state.history = state.history.slice(-81);
  }

  function say(error) {
    if (!(error instanceof EM.CollapseError)) throw error;
    stop();
    state.last = "collapsed";
    state.said = `Component ${error.component + 1} has collapsed on one point or a line of points: ` +
      "its width would be zero, and the likelihood would grow without end. Turn the floor on, or start anew.";
  }

  function step(which) {
    const { model, data } = state;
    state.said = "";
    if (!data.length) {
      state.said = "There are no points yet: tap the board, or press “Add a point”.";
      return stop();
    }
    try {
      if (which === "E") state.q = EM.eStep(model, data);
      else if (!state.q) {
        state.said = "Press E first: M needs the responsibilities.";
        return stop();
      } else {
        state.model = EM.mStep(model, data, state.q);
        state.rounds += 1;
      }
      state.last = which;
      record();
    } catch (error) {
      say(error);
    }
  }

  // What follows from a move: the old responsibilities stay, and so a gap opens.
  function moved(points) {
    state.last = "moved";
    state.said = "";
    if (points) Object.assign(state, { moved: true, q: null, history: [], rounds: 0 });
    record();
  }

  function stop() {
    clearInterval(timer);
    timer = undefined;
  }

  function play() {
    if (timer) return stop();
    const tick = () => {
      step(state.last === "E" ? "M" : "E");
      const seen = state.history.filter((entry) => entry.what === "M").slice(-2);
      const [a, b] = seen.map((entry) => entry.J ?? entry.height);
      if (state.last === "M" && seen.length > 1 && Math.abs(b - a) <= 1e-9 * Math.abs(b)) {
        stop();
        state.said = "It stands still: the last round changed next to nothing. ";
      }
      draw();
    };
    timer = setInterval(tick, PAUSE);
    tick();
  }

  // ---------------------------------------------------------------- the address

  const pack = (rows) => rows.map((row) => [row].flat(2).map((v) => +v.toPrecision(6)).join(",")).join(";");
  const unpack = (text) => text.split(";").map((row) => row.split(",").map(Number));

  function write() {
    const { model } = state;
    const parts = { scene: state.scene, floor: +state.held };
    if (isPlane()) parts.by = state.method;
    if (model.covariances) parts.family = state.family;
    if (state.moved) parts.x = pack(state.data);
    parts.means = pack(isCoins() ? model.p.map((p) => [p]) : model.means);
    if (!isKmeans()) parts.weights = pack([model.weights]);
    if (model.covariances) parts.widths = pack(model.covariances);
    if (state.last === "E") parts.e = 1;
    history.replaceState(null, "", "#" + new URLSearchParams(parts).toString().replace(/%2C/g, ",").replace(/%3B/g, ";"));
  }

  // Take the state that an address holds; say so where it holds none.
  function read() {
    const given = new URLSearchParams(location.hash.slice(1));
    const name = given.get("scene");
    load(Object.hasOwn(SCENES, name ?? "") ? name : "faithful");
    if (!given.has("means")) return;
    const { kind, family: first } = scene();
    const D = kind === "plane" ? 2 : 1;
    const family = EM.FAMILIES.includes(given.get("family")) ? given.get("family") : first;
    const method = kind === "plane" && given.get("by") === "kmeans" ? "kmeans" : "gauss";
    const means = unpack(given.get("means"));
    const K = means.length;
    const table = (rows, columns) => rows.every((row) => row.length === columns && row.every(Number.isFinite));
    const data = given.has("x") ? (given.get("x") ? unpack(given.get("x")) : []) : state.data;
    let ok = K <= MOST.K && table(means, D) && data.length <= MOST.points && table(data, kind === "coins" ? 2 : D);
    if (kind === "coins") {
      ok &&= means.every(([p]) => p >= 0 && p <= 1);
      ok &&= data.every(([a, b]) => Number.isInteger(a) && a >= 0 && b >= 0 && a + b === TOSSES);
    }
    const held = given.get("floor") !== "0";
    const model = ok && modelOf(state.scene, method, family, held, kind === "coins" ? means.map(([p]) => [p * TOSSES]) : means);
    if (ok && model.kind !== "kmeans") {
      const [weights] = unpack(given.get("weights") ?? "");
      ok = weights.length === K && weights.every((w) => w >= 0) && weights.some((w) => w > 0);
      const total = weights.reduce((a, b) => a + b, 0);
      model.weights = Math.abs(total - 1) < 1e-5 ? weights : weights.map((w) => w / total);
    }
    if (ok && model.kind === "gauss") {
      const rows = unpack(given.get("widths") ?? "");
      ok = rows.length === K && table(rows, D * D);
      model.covariances = rows.map((row) => (D === 1 ? [row] : [row.slice(0, 2), row.slice(2)]));
      ok &&= model.covariances.every((matrix) => EM.cholesky(matrix));
    }
    if (!ok) {
      state.said = "The address could not be read: this is the scene's own start.";
      return;
    }
    const note = state.said;
    Object.assign(state, { K, family, method, held, data, moved: given.has("x") });
    begin(model);
    if (given.has("e")) step("E");
    state.said = note;
  }

  // ---------------------------------------------------------------- moves

  const bands = () => (isPlane() ? [TOP, H - BOTTOM] : [TOP, H - BOTTOM - 92]);
  const across = (x) => LEFT + ((x - scene().box[0]) / (scene().box[1] - scene().box[0])) * (W - LEFT - RIGHT);
  const ofAcross = (sx) => scene().box[0] + ((sx - LEFT) / (W - LEFT - RIGHT)) * (scene().box[1] - scene().box[0]);
  const down = (y) => H - BOTTOM - ((y - scene().box[2]) / (scene().box[3] - scene().box[2])) * (H - TOP - BOTTOM);
  const ofDown = (sy) => scene().box[2] + ((H - BOTTOM - sy) / (H - TOP - BOTTOM)) * (scene().box[3] - scene().box[2]);

  function pointPlace(n) {
    const x = state.data[n];
    if (isPlane()) return [across(x[0]), down(x[1])];
    if (!isCoins()) return [across(x[0]), H - BOTTOM - 10 - (n % 6) * 12];
    const before = state.data.slice(0, n).filter((row) => row[0] === x[0]).length;
    return [across(x[0]), H - BOTTOM - 10 - (before % 6) * 12];
  }

  function meanPlace(k) {
    const { model } = state;
    if (isPlane()) return [across(model.means[k][0]), down(model.means[k][1])];
    return [across(isCoins() ? model.p[k] * TOSSES : model.means[k][0]), bands()[1] + 2];
  }

  // Where the width of a component can be taken: the end of its longer axis, one standard deviation.
  function widthPlace(k) {
    if (state.model.kind !== "gauss") return null;
    const { values, angle } = EM.eigen(state.model.covariances[k]);
    const [mean, reach] = [state.model.means[k], Math.sqrt(values[0])];
    if (!isPlane()) return [across(mean[0] + reach), bands()[1] - 24];
    return [across(mean[0] + reach * Math.cos(angle)), down(mean[1] + reach * Math.sin(angle))];
  }

  function setWidth(k, x, y) {
    const { model } = state;
    const mean = model.means[k];
    const least = floorOf(state.scene) / 4;
    let matrix;
    if (!isPlane()) matrix = [[Math.max((x - mean[0]) ** 2, least)]];
    else {
      const { values } = EM.eigen(model.covariances[k]);
      const [dx, dy] = [x - mean[0], y - mean[1]];
      const longer = Math.max(dx * dx + dy * dy, least);
      if (model.family === "spherical") matrix = [[longer, 0], [0, longer]];
      else if (model.family === "diag") {
        const [[a], [, c]] = model.covariances[k];
        matrix = a >= c ? [[longer, 0], [0, c]] : [[a, 0], [0, longer]];
      } else matrix = EM.fromEigen([longer, Math.min(values[1], longer * 0.999)], Math.atan2(dy, dx));
    }
    model.covariances = model.covariances.map((old, j) => (model.family === "tied" || j === k ? matrix : old));
    moved(false);
  }

  function setMean(k, x, y) {
    const { box } = scene();
    if (isCoins()) state.model.p[k] = clamp(x / TOSSES, 0.01, 0.99);
    else {
      const mean = [clamp(x, box[0], box[1])];
      if (isPlane()) mean.push(clamp(y, box[2], box[3]));
      state.model.means = state.model.means.map((old, j) => (j === k ? mean : old));
    }
    moved(false);
  }

  function place(x, y) {
    const { box } = scene();
    if (scene().kind === "coins") {
      const heads = clamp(Math.round(x), 0, TOSSES);
      return [heads, TOSSES - heads];
    }
    return [clamp(x, box[0], box[1]), clamp(y, box[2], box[3])].slice(0, isPlane() ? 2 : 1);
  }

  function setPoint(n, x, y) {
    state.data[n] = place(x, y);
    moved(true);
  }

  function addPoint(x, y) {
    if (state.data.length >= MOST.points) {
      state.said = `The board holds at most ${MOST.points} points.`;
      return;
    }
    state.data.push(place(x, y));
    at = state.data.length - 1;
    moved(true);
  }

  function removePoint(n) {
    state.data.splice(n, 1);
    at = clamp(n, 0, Math.max(0, state.data.length - 1));
    moved(true);
  }

  // ---------------------------------------------------------------- drawing

  const kept = new Map();
  let seen;

  // The element with this key, made where it is new; with these attributes.
  function put(parent, key, tag, attributes, words) {
    let element = kept.get(key);
    if (!element) {
      element = document.createElementNS(SVG, tag);
      element.dataset.key = key;
      kept.set(key, element);
    }
    if (element.parentNode !== parent) parent.append(element);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    if (words !== undefined && element.textContent !== words) element.textContent = words;
    seen.add(key);
    return element;
  }

  function mix(shares) {
    if (!shares) return UNSEEN;
    const parts = [1, 3, 5].map((i) =>
      Math.round(shares.reduce((total, r, k) => total + r * parseInt(COLOURS[k].slice(i, i + 2), 16), 0)));
    return `rgb(${parts.join(",")})`;
  }

  function ticks(low, high, most) {
    const rough = (high - low) / most;
    const power = 10 ** Math.floor(Math.log10(rough));
    const gap = [1, 2, 5, 10].map((m) => m * power).find((g) => g >= rough);
    const found = [];
    for (let i = Math.ceil(low / gap); i * gap <= high; i++) found.push(+(i * gap).toPrecision(10));
    return found;
  }

  const minus = (value) => String(value).replace("-", "−");

  function drawAxes(layer) {
    const { box, names } = scene();
    const foot = H - BOTTOM;
    put(layer, "axis", "path", { d: `M${LEFT} ${isPlane() ? TOP : foot}V${foot}H${W - RIGHT}`, class: "axis" });
    for (const x of ticks(box[0], box[1], 6)) {
      put(layer, `x${x}`, "text", { x: across(x), y: foot + 14, class: "tick", "text-anchor": "middle" }, minus(x));
    }
    put(layer, "x name", "text", { x: (LEFT + W - RIGHT) / 2, y: H - 6, class: "name", "text-anchor": "middle" }, names[0]);
    if (!isPlane()) return;
    for (const y of ticks(box[2], box[3], 5)) {
      put(layer, `y${y}`, "text", { x: LEFT - 5, y: down(y) + 4, class: "tick", "text-anchor": "end" }, minus(y));
    }
    const middle = (TOP + foot) / 2;
    put(layer, "y name", "text", { transform: `translate(11 ${middle}) rotate(-90)`, class: "name", "text-anchor": "middle" }, names[1]);
  }

  function drawComponents(layer) {
    const { model } = state;
    if (isKmeans()) return;
    if (isPlane()) {
      model.covariances.forEach((matrix, k) => {
        const { values, angle } = EM.eigen(matrix);
        for (const wide of [1, 2]) {
          let d = "";
          for (let i = 0; i < 72; i++) {
            const t = (i / 72) * 2 * Math.PI;
            const u = wide * Math.sqrt(values[0]) * Math.cos(t);
            const v = wide * Math.sqrt(Math.max(values[1], 0)) * Math.sin(t);
            const x = model.means[k][0] + u * Math.cos(angle) - v * Math.sin(angle);
            const y = model.means[k][1] + u * Math.sin(angle) + v * Math.cos(angle);
            d += `${i ? "L" : "M"}${across(x).toFixed(2)} ${down(y).toFixed(2)}`;
          }
          put(layer, `ellipse ${k} ${wide}`, "path", { d: d + "Z", class: `curve wide${wide}`, stroke: COLOURS[k] });
        }
      });
      return;
    }
    const [top, foot] = bands();
    const { box } = scene();
    const xs = isCoins()
      ? Array.from({ length: TOSSES + 1 }, (_, i) => i)
      : Array.from({ length: 241 }, (_, i) => box[0] + ((box[1] - box[0]) * i) / 240);
    const rows = isCoins() ? xs.map((x) => [x, TOSSES - x]) : xs.map((x) => [x]);
    const ways = (n) => { let c = 1; for (let i = 1; i <= n; i++) c *= (TOSSES - n + i) / i; return c; };
    const heights = EM.logJoint(model, rows).map((row, n) =>
      row.map((value) => Math.exp(value) * (isCoins() ? ways(n) : 1)));
    const totals = heights.map((row) => row.reduce((a, b) => a + b, 0));
    const tallest = Math.max(...totals, 1e-300);
    const curve = (values) => values.map((value, n) =>
      `${n ? "L" : "M"}${across(xs[n]).toFixed(1)} ${(foot - (value / tallest) * (foot - top - 4)).toFixed(1)}`).join("");
    put(layer, "ground", "path", { d: `M${LEFT} ${foot}H${W - RIGHT}`, class: "axis" });
    put(layer, "total", "path", { d: curve(totals), class: "total" });
    model.weights.forEach((_, k) =>
      put(layer, `curve ${k}`, "path", { d: curve(heights.map((row) => row[k])), class: "curve wide1", stroke: COLOURS[k] }));
  }

  function pointWords(n) {
    const x = state.data[n];
    const where = isCoins() ? `${x[0]} heads, ${x[1]} tails` : x.map(short).join(", ");
    const shares = state.q?.[n];
    const whose = shares ? "; " + shares.map((r, k) => `component ${k + 1}: ${Math.round(100 * r)} %`).join(", ") : "";
    return `Point ${n + 1} of ${state.data.length} at ${where}${whose}. Arrow keys move it, page keys choose another, Delete removes it`;
  }

  function drawPoints(layer) {
    at = clamp(at, 0, Math.max(0, state.data.length - 1));
    state.data.forEach((_, n) => {
      const shares = state.q?.[n];
      const best = shares ? shares.indexOf(Math.max(...shares)) : 0;
      const [x, y] = pointPlace(n);
      const element = put(layer, `point ${n}`, "path", { d: SHAPES[best], transform: `translate(${x.toFixed(2)} ${y.toFixed(2)})`, fill: mix(shares), class: "point" });
      if (n === at) {
        for (const [name, value] of Object.entries({ tabindex: 0, role: "button", "aria-label": pointWords(n) })) element.setAttribute(name, value);
      } else for (const name of ["tabindex", "role", "aria-label"]) element.removeAttribute(name);
    });
  }

  function drawHandles(layer) {
    const { model } = state;
    for (let k = 0; k < state.K; k++) {
      const wide = widthPlace(k);
      if (wide) {
        const words = `Width of component ${k + 1}: ${EM.eigen(model.covariances[k]).values.map((v) => short(Math.sqrt(Math.max(v, 0)))).join(" by ")}. Arrow keys change it`;
        const handle = put(layer, `width ${k}`, "g", { transform: `translate(${wide})`, tabindex: 0, role: "button", "aria-label": words, class: "handle" });
        put(handle, `width ${k} reach`, "circle", { r: REACH, class: "reach" });
        put(handle, `width ${k} mark`, "rect", { x: -4, y: -4, width: 8, height: 8, fill: "#fff", stroke: COLOURS[k], "stroke-width": 2 });
      }
    }
    for (let k = 0; k < state.K; k++) {
      const [x, y] = meanPlace(k);
      const where = isCoins() ? `probability of heads ${short(model.p[k])}` : `mean ${model.means[k].map(short).join(", ")}`;
      const weight = isKmeans() ? "" : `, weight ${short(model.weights[k])}`;
      const handle = put(layer, `mean ${k}`, "g", { transform: `translate(${x} ${y})`, tabindex: 0, role: "button", "aria-label": `Component ${k + 1}: ${where}${weight}. Arrow keys move it`, class: "handle" });
      put(handle, `mean ${k} reach`, "circle", { r: REACH, class: "reach" });
      put(handle, `mean ${k} disc`, "circle", { r: 12, class: "disc", stroke: COLOURS[k] });
      put(handle, `mean ${k} mark`, "path", { d: SHAPES[k], transform: "scale(1.9)", fill: COLOURS[k], stroke: "#fff", "stroke-width": 0.9 });
      put(handle, `mean ${k} name`, "text", { y: 3.6, class: "number", "text-anchor": "middle" }, String(k + 1));
    }
  }

  function drawClimb(layer) {
    const [left, right, top, foot] = [62, W - 10, 12, 150];
    let entries = state.history.slice(-21);
    if (entries.length > 6 && entries[0].what === "start") entries = entries.slice(2); // far below
    const values = entries.flatMap((entry) => [entry.J ?? entry.height, entry.bound]).filter(Number.isFinite);
    put(layer, "climb axis", "path", { d: `M${left} ${top}V${foot}H${right}`, class: "axis" });
    put(layer, "climb name", "text", { x: (left + right) / 2, y: foot + 26, class: "name", "text-anchor": "middle" }, "steps: E, M, E, M, …");
    if (!values.length) return;
    let [low, high] = [Math.min(...values), Math.max(...values)];
    if (high - low < 1e-6 * Math.abs(high) || high === low) [low, high] = [low - 0.5, high + 0.5];
    const sx = (i) => left + 8 + (i / Math.max(8, entries.length - 1)) * (right - left - 16);
    const sy = (value) => foot - 6 - ((value - low) / (high - low)) * (foot - top - 12);
    for (const value of ticks(low, high, 4)) {
      put(layer, `climb ${value}`, "text", { x: left - 5, y: sy(value) + 4, class: "tick", "text-anchor": "end" }, minus(value));
    }
    entries.forEach((entry, i) => {
      if (entry.what !== "E" && entry.what !== "M") return;
      put(layer, `climb step ${i}`, "text", { x: sx(i), y: foot + 12, class: "tick", "text-anchor": "middle" }, entry.what);
    });
    const line = (name) => {
      let pen = "M";
      return entries.map((entry, i) => {
        if (!Number.isFinite(entry[name])) { pen = "M"; return ""; }
        const piece = `${pen}${sx(i).toFixed(1)} ${sy(entry[name]).toFixed(1)}`;
        pen = "L";
        return piece;
      }).join("");
    };
    const first = isKmeans() ? "J" : "height";
    put(layer, "climb first", "path", { d: line(first), class: "climb", stroke: LIKELIHOOD });
    if (!isKmeans()) put(layer, "climb bound", "path", { d: line("bound"), class: "climb dashed", stroke: BOUND });
    entries.forEach((entry, i) => {
      if (Number.isFinite(entry[first])) put(layer, `dot ${i}`, "circle", { cx: sx(i), cy: sy(entry[first]), r: 2.6, fill: LIKELIHOOD });
      if (Number.isFinite(entry.bound)) put(layer, `low dot ${i}`, "circle", { cx: sx(i), cy: sy(entry.bound), r: 2.6, fill: "#fff", stroke: BOUND, "stroke-width": 1.5 });
    });
  }

  const fixed = (value) => minus(value.toFixed(3));

  function summary() {
    const now = state.history.at(-1);
    const words = [];
    if (state.last === "E") words.push("E step done: every point has its responsibilities.");
    if (state.last === "M") words.push(`M step of round ${state.rounds} done: the components fit their points.`);
    if (state.last === "moved") words.push("Moved.");
    if (state.last === "start") words.push("At the start: press E.");
    if (now?.J !== undefined) words.push(`The sum of squared distances is ${fixed(now.J)}.`);
    if (now?.height !== undefined) words.push(`Log-likelihood ${fixed(now.height)} nats.`);
    if (now?.bound !== undefined) {
      words.push(now.gap < 5e-4 ? "The bound touches it." : `The bound is ${fixed(now.bound)}: a gap of ${fixed(now.gap)}, which the next E step closes.`);
    }
    if (state.model.kind === "gauss" && state.model.floor > 0) {
      state.model.covariances.forEach((matrix, k) => {
        if (EM.eigen(matrix).values.at(-1) <= state.model.floor * (1 + 1e-9)) {
          words.push(`The floor holds the width of component ${k + 1}: without it, it could collapse.`);
        }
      });
    }
    return [state.said, ...words].filter(Boolean).join(" ");
  }

  function draw() {
    seen = new Set();
    drawAxes(layers.axes);
    drawPoints(layers.points);
    drawComponents(layers.components);
    drawHandles(layers.handles);
    drawClimb(layers.climb);
    for (const [key, element] of kept) {
      if (!seen.has(key)) {
        element.remove();
        kept.delete(key);
      }
    }
    const words = summary();
    if (controls.status.textContent !== words) controls.status.textContent = words;
    controls.play.textContent = timer ? "Pause" : "Play";
    controls.scene.value = state.scene;
    controls.K.value = state.K;
    controls.method.value = state.method;
    controls.family.value = state.family;
    controls.floor.checked = state.held;
    controls.method.closest("label").hidden = !isPlane();
    controls.family.closest("label").hidden = isCoins() || isKmeans();
    controls.floor.closest("label").hidden = isCoins() || isKmeans();
    for (const option of controls.family.options) option.hidden = !isPlane() && ["diag", "spherical"].includes(option.value);
    controls.legend.innerHTML = isKmeans()
      ? '<span class="likelihood">sum of squared distances</span>'
      : '<span class="likelihood">log-likelihood, nats</span> <span class="bound">bound, Q + entropy</span>';
    controls.climb.setAttribute("aria-label", isKmeans() ? "The sum of squared distances, step by step" : "Log-likelihood and bound, step by step; the status line says where they stand");
    clearTimeout(draw.later);
    draw.later = setTimeout(write, 150);
  }

  // ---------------------------------------------------------------- controls

  page.innerHTML = `
    <div class="tools">
      <label>Scene <select name="scene">${Object.entries(SCENES).map(([name, { title }]) => `<option value="${name}">${title}</option>`).join("")}</select></label>
      <label>Method <select name="method"><option value="gauss">Gaussian mixture</option><option value="kmeans">K-means</option></select></label>
      <label>K <select name="K">${[1, 2, 3, 4, 5].map((k) => `<option>${k}</option>`).join("")}</select></label>
      <label>Covariances <select name="family">${EM.FAMILIES.map((f) => `<option>${f}</option>`).join("")}</select></label>
      <label><input type="checkbox" name="floor"> Floor under the widths</label>
    </div>
    <div class="tools">
      <button type="button" name="E" class="main" aria-label="E step">E</button>
      <button type="button" name="M" class="main" aria-label="M step">M</button>
      <button type="button" name="play">Play</button>
      <button type="button" name="again">Start again</button>
      <button type="button" name="random">Random start</button>
      <button type="button" name="alike">All alike</button>
      <button type="button" name="add">Add a point</button>
      <button type="button" name="clear">No points</button>
    </div>
    <p role="status" class="status"></p>
    <div class="boards">
      <svg class="board" viewBox="0 0 ${W} ${H}" role="group" aria-label="The board: points, components and their handles"></svg>
      <div>
        <svg class="climb" viewBox="0 0 ${W} 182" role="img"></svg>
        <p class="legend"></p>
      </div>
    </div>`;
  const named = (name) => page.querySelector(`[name=${name}]`);
  const controls = {
    status: page.querySelector(".status"), legend: page.querySelector(".legend"),
    board: page.querySelector(".board"), climb: page.querySelector("svg.climb"),
    ...Object.fromEntries(["scene", "method", "K", "family", "floor", "play"].map((name) => [name, named(name)])),
  };
  const layers = { climb: controls.climb };
  for (const name of ["axes", "points", "components", "handles"]) {
    layers[name] = document.createElementNS(SVG, "g");
    controls.board.append(layers[name]);
  }

  const on = (name, event, act) => named(name).addEventListener(event, () => { act(named(name)); draw(); });
  on("E", "click", () => { stop(); step("E"); });
  on("M", "click", () => { stop(); step("M"); });
  on("play", "click", play);
  on("again", "click", () => { stop(); const { data, moved: changed } = state; load(state.scene); if (changed) { Object.assign(state, { data, moved: true }); begin(state.model); } });
  on("random", "click", () => { stop(); restart("random"); });
  on("alike", "click", () => { stop(); restart("alike"); });
  on("add", "click", () => {
    const { box } = scene();
    addPoint((box[0] + box[1]) / 2, (box[2] + box[3]) / 2);
    draw();
    kept.get(`point ${at}`)?.focus();
  });
  on("clear", "click", () => { stop(); state.data = []; moved(true); state.said = "The board is empty: tap it to add points."; });
  on("scene", "change", (select) => { stop(); load(select.value); });
  on("K", "change", (select) => { stop(); state.K = Number(select.value); restart("random"); });
  on("method", "change", (select) => {
    stop();
    state.method = select.value;
    begin(modelOf(state.scene, state.method, state.family, state.held, copy(state.model.means)));
    state.said = "";
  });
  on("family", "change", (select) => {
    state.family = select.value;
    const { model } = state;
    model.family = select.value;
    model.covariances = model.covariances.map((matrix) => EM.ofFamily(model.family === "tied" ? model.covariances[0] : matrix, model.family));
    moved(false);
  });
  on("floor", "change", (box) => {
    state.held = box.checked;
    state.model.floor = box.checked ? floorOf(state.scene) : 0;
    state.said = "";
  });

  // ---------------------------------------------------------------- pointer and keys

  function found(event) {
    const shown = controls.board.getBoundingClientRect();
    const x = ((event.clientX - shown.left) * W) / shown.width;
    const y = ((event.clientY - shown.top) * H) / shown.height;
    const places = [];
    for (let k = 0; k < state.K; k++) {
      places.push({ what: "mean", i: k, at: meanPlace(k), weight: 1 });
      const wide = widthPlace(k);
      if (wide) places.push({ what: "width", i: k, at: wide, weight: 1 });
    }
    state.data.forEach((_, n) => places.push({ what: "point", i: n, at: pointPlace(n), weight: 2 }));
    for (const one of places) one.far = one.weight * Math.hypot(one.at[0] - x, one.at[1] - y);
    places.sort((a, b) => a.far - b.far);
    return { x, y, near: places[0]?.far <= REACH ? places[0] : null };
  }

  const setters = { mean: setMean, width: setWidth, point: setPoint };
  let held = null;
  controls.board.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    held = { ...found(event), moving: false };
    controls.board.setPointerCapture(event.pointerId);
    if (held.near) {
      stop();
      if (held.near.what === "point") at = held.near.i;
      event.preventDefault();
      draw();
      kept.get(`${held.near.what} ${held.near.i}`)?.focus({ preventScroll: true });
    }
  });
  controls.board.addEventListener("pointermove", (event) => {
    if (!held) return;
    const { x, y } = found(event);
    held.moving ||= Math.hypot(x - held.x, y - held.y) > 4;
    if (!held.moving || !held.near) return;
    setters[held.near.what](held.near.i, ofAcross(x), ofDown(y));
    draw();
  });
  controls.board.addEventListener("pointerup", () => {
    if (held && !held.moving && !held.near) {
      stop();
      addPoint(ofAcross(held.x), ofDown(held.y));
      draw();
    }
    held = null;
  });
  controls.board.addEventListener("pointercancel", () => { held = null; });
  // A finger on a handle drags it; elsewhere on the board it scrolls the page.
  controls.board.addEventListener("touchstart", (event) => {
    if (event.touches.length === 1 && found(event.touches[0]).near) event.preventDefault();
  }, { passive: false });

  controls.board.addEventListener("keydown", (event) => {
    const [what, number] = (event.target.dataset.key ?? "").split(" ");
    if (!setters[what]) return;
    const i = Number(number);
    const size = event.shiftKey ? 10 : 2;
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const turns = { PageDown: at + 1, PageUp: at - 1, Home: 0, End: state.data.length - 1 };
    if (ways[event.key]) {
      stop();
      let [x, y] = what === "mean" ? meanPlace(i) : what === "width" ? widthPlace(i) : pointPlace(i);
      const far = isCoins() && what === "point" ? across(1) - across(0) : size;
      x += far * ways[event.key][0];
      y += far * ways[event.key][1];
      setters[what](i, ofAcross(x), ofDown(y));
    } else if (what === "point" && event.key in turns) {
      at = clamp(turns[event.key], 0, state.data.length - 1);
    } else if (what === "point" && (event.key === "Delete" || event.key === "Backspace")) {
      removePoint(i);
    } else return;
    event.preventDefault();
    draw();
    if (what === "point") kept.get(`point ${at}`)?.focus();
  });

  window.addEventListener("hashchange", () => { stop(); read(); draw(); });
  read();
  draw();
})();
