// What the pages do by themselves: recorded players, animations that can be stopped, and boxes that
// scroll sideways, which the keyboard must reach. Everything is on the page: nothing is fetched.
"use strict";

function startPlayer(player) {
  const runs = JSON.parse(player.querySelector("script").textContent);
  const image = player.querySelector("img");
  const words = player.querySelector(".words");
  const slider = player.querySelector("input[type=range]");
  const output = player.querySelector("output");
  const button = player.querySelector(".play");
  const choices = [...player.querySelectorAll("input[type=radio]")];
  let timer = null;

  function show() {
    const chosen = choices.findIndex((choice) => choice.checked);
    const frame = runs[Math.max(chosen, 0)][slider.value];
    image.src = frame.picture;
    image.alt = frame.alt;
    words.textContent = frame.label;
    output.textContent = slider.value;
    slider.setAttribute("aria-valuetext", `step ${slider.value}`);
  }

  function stop() {
    clearInterval(timer);
    timer = null;
    button.textContent = "Play";
    words.setAttribute("aria-live", "polite");
  }

  function play() {
    if (slider.value === slider.max) slider.value = 0;
    words.setAttribute("aria-live", "off");
    button.textContent = "Stop";
    show();
    timer = setInterval(() => {
      slider.stepUp();
      show();
      if (slider.value === slider.max) stop();
    }, Number(player.dataset.milliseconds));
  }

  function fetchAhead() {
    for (const frame of runs.flat()) new Image().src = frame.picture;
  }

  slider.addEventListener("input", () => { stop(); show(); });
  choices.forEach((choice) => choice.addEventListener("change", show));
  button.addEventListener("click", () => (timer ? stop() : play()));
  player.addEventListener("focusin", fetchAhead, { once: true });
  player.addEventListener("pointerenter", fetchAhead, { once: true });
  player.querySelectorAll("[hidden]").forEach((part) => part.removeAttribute("hidden"));
  show();
}

function makeStoppable(picture) {
  const [image, still] = picture.querySelectorAll("img");
  const moving = image.src;
  const button = document.createElement("button");
  button.type = "button";
  picture.append(button);

  function set(moves) {
    image.src = moves ? moving : still.src;
    button.textContent = moves ? "Stop the animation" : "Play the animation";
  }

  button.addEventListener("click", () => set(image.src !== moving));
  set(!matchMedia("(prefers-reduced-motion: reduce)").matches);
}

function reachable(box) {
  const scrolls = box.scrollWidth > box.clientWidth + 1;
  if (scrolls && !box.hasAttribute("tabindex")) box.tabIndex = 0;
}

function start() {
  document.querySelectorAll(".player").forEach(startPlayer);
  document.querySelectorAll(".picture.animated").forEach(makeStoppable);
  const wide = "pre, div.math, mjx-container, .pst-scrollable-table-container, .output";
  const reach = () => document.querySelectorAll(wide).forEach(reachable);
  reach();
  addEventListener("load", () => window.MathJax?.startup?.promise.then(reach));
  addEventListener("resize", reach);
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
