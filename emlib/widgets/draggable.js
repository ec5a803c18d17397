// A picture on which handles can be dragged with a mouse, a finger, a pen or the arrow keys.
// The kernel draws the picture; this file only says where a handle was moved to.

const REACH = 32; // pixels across a handle, for a finger
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

function render({ model, el }) {
  const figure = document.createElement("figure");
  figure.style.margin = "0";
  const stage = document.createElement("div");
  Object.assign(stage.style, { position: "relative", maxWidth: "100%", touchAction: "pan-y" });
  const image = document.createElement("img");
  Object.assign(image.style, { display: "block", width: "100%", userSelect: "none" });
  image.draggable = false;
  const caption = document.createElement("figcaption");
  caption.setAttribute("role", "status");
  stage.append(image);
  figure.append(stage, caption);
  el.append(figure);

  let address = "";
  let waiting = null; // the last place asked for while the kernel still draws the one before
  let drawing = false;
  let buttons = [];

  function show() {
    const old = address;
    address = URL.createObjectURL(new Blob([model.get("png")], { type: "image/png" }));
    image.src = address;
    image.alt = model.get("words");
    caption.textContent = model.get("words");
    stage.style.width = `${model.get("width")}px`;
    if (old) URL.revokeObjectURL(old);
  }

  function goOn() {
    drawing = false;
    const next = waiting;
    waiting = null;
    if (next) send(next);
  }

  function send(message) {
    if (drawing) {
      waiting = message;
      return;
    }
    drawing = true;
    model.send(message);
  }

  function moveTo(index, event) {
    const box = stage.getBoundingClientRect();
    const part = (value, length) => Math.min(1, Math.max(0, value / length));
    send({
      handle: index,
      x: part(event.clientX - box.left, box.width),
      y: part(event.clientY - box.top, box.height),
    });
  }

  function makeButton(index) {
    const button = document.createElement("button");
    Object.assign(button.style, {
      position: "absolute",
      width: `${REACH}px`,
      height: `${REACH}px`,
      margin: `${-REACH / 2}px`,
      padding: "0",
      borderRadius: "50%",
      border: "2px dashed #555",
      background: "transparent",
      cursor: "grab",
      touchAction: "none",
    });
    button.addEventListener("pointerdown", (event) => {
      button.setPointerCapture(event.pointerId);
      button.style.cursor = "grabbing";
    });
    button.addEventListener("pointermove", (event) => {
      if (button.hasPointerCapture(event.pointerId)) moveTo(index, event);
    });
    button.addEventListener("pointerup", () => {
      button.style.cursor = "grab";
    });
    button.addEventListener("keydown", (event) => {
      const move = MOVES[event.key];
      if (!move) return;
      event.preventDefault();
      event.stopPropagation();
      const times = event.shiftKey ? 10 : 1;
      send({ handle: index, steps: [move[0] * times, move[1] * times] });
    });
    stage.append(button);
    return button;
  }

  function place() {
    const handles = model.get("handles");
    if (handles.length !== buttons.length) {
      for (const button of buttons) button.remove();
      buttons = handles.map((_, index) => makeButton(index));
    }
    handles.forEach(({ name, x, y }, index) => {
      const button = buttons[index];
      button.style.left = `${100 * x}%`;
      button.style.top = `${100 * y}%`;
      button.title = name;
      button.setAttribute("aria-label", name);
    });
  }

  model.on("change:png", show);
  model.on("change:handles", place);
  model.on("change:answered", goOn);
  show();
  place();
  return () => {
    model.off("change:png", show);
    model.off("change:handles", place);
    model.off("change:answered", goOn);
    URL.revokeObjectURL(address);
  };
}

export default { render };
