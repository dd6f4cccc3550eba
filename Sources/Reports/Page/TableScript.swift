/// Marks the tables that are wider than the page, so that the style sheet can say that they scroll.
enum TableScript {
  static let text = """
    (function () {
      function mark() {
        for (const box of document.querySelectorAll(".table")) {
          box.classList.toggle("wide", box.scrollWidth > box.clientWidth + 1);
        }
      }
      mark();
      window.addEventListener("resize", mark);
      window.addEventListener("load", mark);
      // A table that was folded away has its width only now.
      document.addEventListener("toggle", mark, true);
    })();
    """
}
