// A widget lives in the kernel. When a saved lesson is opened on another day, its output still names
// the widget, and ipywidgets can only say that the model was not found. The output of a panel holds
// its picture too: this extension of JupyterLab shows it wherever the widget is not there.
//
// It is written by hand, without a build: JupyterLab asks for the two functions at the end.

(() => {
  "use strict";
  const VIEW = "application/vnd.jupyter.widget-view+json";
  const NOTE =
    "This is the panel’s picture from the last run. To use the panel, choose Run All Cells in the menu Run.";

  // Let the renderer of a widget's view show the picture until, and unless, the widget is there.
  function withPicture(renderer, rendermime) {
    const renderView = renderer.renderModel.bind(renderer);
    renderer.renderModel = async (model) => {
      const ready = renderView(model);
      if (!model.data["text/html"]) return ready;
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

  const plugin = {
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
  window._JUPYTERLAB.emlib = { init: () => {}, get: async () => () => ({ __esModule: true, default: plugin }) };
})();
