import TestSupport
import Testing

extension VideoFolder {
  /// Makes a small model of clips of 4 frames, the shortest that there are. Returns its folder.
  func makeShortClipModel() throws -> String {
    let program = """
      import pathlib, runpy, sys
      tool = runpy.run_path(sys.argv[1])
      tool["shorten_clips"](tool["make_model"](pathlib.Path(sys.argv[2])))
      """
    let made = try Tool.run(
      "/usr/bin/env", ["python3", "-c", program, Tool.script("count-instructions"), path("model")])
    try #require(made.status == 0, "\(made.errors)")
    return path("model")
  }
}
