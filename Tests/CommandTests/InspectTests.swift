import Foundation
import Testing

@Suite("spot inspect")
struct InspectTests {
  let folder: VideoFolder

  init() throws { folder = try VideoFolder() }

  /// The lines that `spot inspect` prints, each with its runs of blanks made one.
  private func lines(_ arguments: String...) throws -> [String] {
    let result = try Program.spot.run(["inspect"] + arguments)
    #expect(result.status == 0)
    #expect(result.errors == "")
    return result.output.split(separator: "\n").map { line in
      line.split(separator: " ").joined(separator: " ")
    }
  }

  @Test("a model folder")
  func model() throws {
    let lines = try lines(Bundled.model.path)
    #expect(lines.contains("data set tennis"))
    #expect(lines.contains("temporal shift gsf in stages 3, 4"))
    #expect(lines.contains("low resolution 112×199, crop 112×199 (rows × columns)"))
    #expect(lines.contains("network 7605871 numbers in 783 tensors, all of them in the weights file"))
    #expect(lines.contains("6 near_court_serve"))
  }

  @Test("a model's operators in time, delays composed from their reaches")
  func temporal() throws {
    let lines = try lines(Bundled.model.path, "--temporal")
    #expect(lines[0] == "operator past future past in all future in all delay ring frames ring KiB")
    #expect(lines.contains { $0.hasPrefix("lowres.stem 0 0 0 0 0 ") })
    // Eleven blocks shift, three frames each; the smoothing adds three twice; then eleven blocks again.
    #expect(lines.contains { $0.hasPrefix("lowres.s4.b7 2 2 33 33 33 ") })
    #expect(lines.contains { $0.hasPrefix("saliency.smooth2 3 3 39 39 39 ") })
    #expect(lines.contains { $0.hasPrefix("fused 0 0 72 72 72 ") })
    #expect(lines.contains { $0.hasPrefix("bigru 63 63 63 63 63 64 ") })
    #expect(lines.contains { $0.hasPrefix("soft-nms 1 1 – – 64 ") })
  }

  @Test("a checkpoint, by parts and by tensors")
  func checkpoint() throws {
    let path = Bundled.model.appending(path: "weights.safetensors").path
    let parts = try lines(path)
    #expect(parts.contains("format safetensors"))
    #expect(parts.contains("part tensors numbers types remark"))
    #expect(parts.contains("temp_enc 1 23552 float16"))
    #expect(parts.contains { $0.hasPrefix("lowres_backbone.s4 ") })
    let tensors = try lines(path, "--tensors")
    #expect(tensors.contains("lowres_backbone.stem.conv.1.weight float16 32×3×3×3 864"))
    #expect(tensors.count == 7 + 783)
  }

  @Test("a video")
  func video() throws {
    let lines = try lines(Bundled.sample(0))
    #expect(lines.contains("codec h264"))
    #expect(lines.contains("display size 398×224"))
    #expect(lines.contains("frames 300"))
  }

  @Test("what is none of them")
  func others() throws {
    func inspect(_ path: String) throws -> ProgramRun.Result { try Program.spot.run(["inspect", path]) }
    expectFailure(try inspect(folder.path("none")), code: 2, "none: cannot open: there is no such file")
    expectFailure(
      try inspect(folder.write("notes.txt", "These are notes.\n".utf8)), code: 2,
      "notes.txt: neither a weights file, a recording nor a video; expected one of these or a model folder")
    expectFailure(try inspect(folder.url.path), code: 6, "a model folder holds one weights file")
    expectFailure(try inspect(folder.write("cut.pt", "PK\u{3}\u{4}".utf8)), code: 6, "cut.pt: ")
  }
}
