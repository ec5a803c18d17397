// A widget lives in the kernel. When a saved lesson is opened on another day, its output still names
// the widget, and ipywidgets can only say that the model was not found. The output of a panel holds
// its picture too: this extension of JupyterLab shows it wherever the widget is not there.
//
// It also names the controls of a panel: the buttons of a player are signs without words, and a slider
// speaks of -5.000000000000001.
//
// Where a lesson was edited, a newer one arrives beside it, under a name such as 04_two_coins.new.ipynb:
// the extension says so when the lesson is opened.
//
// It is written by hand, without a build: JupyterLab asks for the two functions at the end.

(() => {
  "use strict";
  const VIEW = "application/vnd.jupyter.widget-view+json";
  const NOTE =
    "This is the panel’s picture from the last run. To use the panel, choose Run All Cells in the menu Run.";

  // A button says what it does, to a pointer that rests on it and to a reader of the screen.
  function nameButton(button, words) {
    button.title = words;
    button.setAttribute("aria-label", words);
  }

  // Name the three buttons of a player by what they do next.
  function namePlayer([play, stop, repeat]) {
    const tell = () => {
      nameButton(play, play.querySelector(".fa-pause") ? "Pause" : "Play");
      nameButton(stop, "Stop, and go back to the first step");
      nameButton(repeat, "Repeat from the first step when the last is reached");
      repeat.setAttribute("aria-pressed", repeat.classList.contains("mod-active"));
    };
    tell();
    const changes = new MutationObserver(tell);
    changes.observe(play, { subtree: true, childList: true, attributeFilter: ["class"] });
    changes.observe(repeat, { attributeFilter: ["class"] });
  }

  // Name a slider by the words beside it, and let it speak of numbers as they are shown.
  function nameSlider(handle) {
    const words = handle.closest(".widget-slider")?.querySelector(".widget-label")?.textContent.trim();
    handle.setAttribute("aria-label", words || "step");
    const tidy = () => {
      const said = handle.getAttribute("aria-valuetext");
      const short = String(Number(Number(said).toPrecision(10)));
      if (short !== "NaN" && short !== said) handle.setAttribute("aria-valuetext", short);
    };
    tidy();
    new MutationObserver(tidy).observe(handle, { attributeFilter: ["aria-valuetext"] });
  }

  // Name the controls of a panel, which arrive one by one.
  function nameControls(node) {
    const fresh = (kind) => [...node.querySelectorAll(`${kind}:not([data-named])`)];
    const name = () => {
      for (const player of fresh(".widget-play")) {
        const buttons = player.querySelectorAll("button");
        if (buttons.length < 3) continue;
        player.dataset.named = "";
        namePlayer(buttons);
      }
      for (const handle of fresh(".noUi-handle")) {
        handle.dataset.named = "";
        nameSlider(handle);
      }
    };
    name();
    new MutationObserver(name).observe(node, { childList: true, subtree: true });
  }

  // Let the renderer of a widget's view show the picture until, and unless, the widget is there.
  function withPicture(renderer, rendermime) {
    const renderView = renderer.renderModel.bind(renderer);
    renderer.renderModel = async (model) => {
      const ready = renderView(model);
      if (!model.data["text/html"]) return ready;
      nameControls(renderer.node);
      const picture = rendermime.createRenderer("text/html");
      await picture.renderModel(model);
      const show = (...nodes) => {
        if (renderer.widgets.length === 0) renderer.node.replaceChildren(picture.node, ...nodes);
      };
      show();
      await ready;
      const note = document.createElement("p");
      note.textContent = NOTE;
      show(note);
    };
    return renderer;
  }

  // The newest arrival beside a notebook, or undefined.
  function newerThan(name, names) {
    const [stem] = name.split(/\.ipynb$/);
    const arrivals = names.filter((other) => other.startsWith(`${stem}.new`));
    const count = (arrival) => arrival.slice(stem.length).match(/^\.new(\d*)\.ipynb$/);
    const number = (arrival) => Number(count(arrival)[1] || 1);
    return arrivals.filter(count).sort((a, b) => number(a) - number(b)).pop();
  }

  // Say that a newer lesson is beside the one that was opened, once while the page is open.
  async function announce(app, path, said) {
    const [, folder, name] = path.match(/^(.*\/)?(.*)$/);
    const listed = await app.serviceManager.contents.get(folder ?? "");
    const newer = newerThan(name, listed.content.map((file) => file.name));
    if (!newer || said.has(path + newer)) return;
    said.add(path + newer);
    app.commands.execute("apputils:notify", {
      message: `You edited ${name}. The course has a newer version of it, which is beside it: ${newer}`,
      type: "info",
      options: {
        autoClose: false,
        actions: [{ label: "Open it", commandId: "docmanager:open", args: { path: (folder ?? "") + newer } }],
      },
    });
  }

  const newer = {
    id: "emlib:newer",
    autoStart: true,
    activate: (app) => {
      const said = new Set();
      app.docRegistry.addWidgetExtension("Notebook", {
        createNew: (panel) => {
          panel.context.ready.then(() => announce(app, panel.context.path, said));
        },
      });
    },
  };

  const pictures = {
    id: "emlib:pictures",
    autoStart: true,
    activate: (app) => {
      app.docRegistry.addWidgetExtension("Notebook", {
        createNew: (panel) => {
          const rendermime = panel.content.rendermime;
          const create = rendermime.createRenderer.bind(rendermime);
          rendermime.createRenderer = (kind) =>
            kind === VIEW ? withPicture(create(kind), rendermime) : create(kind);
        },
      });
    },
  };

  window._JUPYTERLAB = window._JUPYTERLAB ?? {};
  window._JUPYTERLAB.emlib = { init: () => {}, get: async () => () => ({ __esModule: true, default: [pictures, newer] }) };
})();
