import Foundation
import FoundationXML
import TestSupport
import Testing

@Suite("spot evaluate: the report")
struct EvaluateReportTests: EvaluateSuite {
  let folder: VideoFolder

  init() throws { folder = try VideoFolder() }

  @Test("one page, complete in itself, that shows names as they are")
  func report() throws {
    let page = folder.path("report.html")
    let label = #"<b>"far" & 'near'"#
    let json = try String(decoding: JSONEncoder().encode(label), as: UTF8.self)
    let truth = try folder.write(
      "t.json",
      """
      {"video": "<i>v</i>", "fps": 25, "events": [{"frame": 40, "label": \(json)}, {"frame": 90, "label": \(json)}]}
      """.utf8)
    let found = try folder.write(
      "p.json", #"{"predictions": [{"frame": 41, "label": \#(json), "confidence": 0.9}]}"#.utf8)
    let result = try evaluate(found, "--truth", truth, "--report", page, "--title", "Court <3>")
    #expect(result.status == 0, "\(result.errors)")
    let html = try String(contentsOfFile: page, encoding: .utf8)
    #expect(html.contains("<title>Court &lt;3&gt;</title>"))
    #expect(html.contains("name=\"viewport\"") && html.contains("prefers-color-scheme: dark"))
    #expect(
      !html.contains("<b>") && !html.contains("<i>v") && html.contains("&lt;b&gt;&quot;far&quot; &amp; &#39;near&#39;"))
    // Nothing to load, nothing to run.
    for trace in ["<script", "http:", "https:", "src=", "url(", "@import"] {
      #expect(!html.contains(trace), "\(trace)")
    }
    // The miss with its time, the summary, each plot with words for those who cannot see it.
    #expect(html.contains("<td class=\"n\">00:03.60</td>"))
    #expect(html.contains("Events found</dt><dd>1 <small>of 2</small>"))
    #expect(html.contains("aria-label=\"Precision against recall."))
    #expect(html.contains("aria-label=\"Histogram of timing errors."))
    // Well-formed enough for a reader that forgives nothing, but for what HTML leaves open.
    let strict = html.replacing("<!DOCTYPE html>", with: "").replacing(#/<meta [^>]*>/#, with: "")
    let parser = XMLParser(data: Data(strict.utf8))
    #expect(parser.parse(), "line \(parser.lineNumber): \(String(describing: parser.parserError))")
  }

  @Test("the page is kept where nobody takes the tables, and the tables where there is no room for the page")
  func pageOrTables() throws {
    let page = folder.path("report.html")
    let arguments = ["evaluate", found(0), "--truth", truth(0), "--report", page]
    let kept = try Program.spot.run(arguments, setup: "exec > /dev/full")
    expectFailure(kept, code: 1, "standard output: cannot be written: No space left on device (errno 28)")
    #expect(try String(contentsOfFile: page, encoding: .utf8).hasSuffix("</html>\n"))
    try FileManager.default.removeItem(atPath: page)
    let shown = try Program.spot.run(arguments, setup: "ulimit -f 1")
    #expect(shown.status == 1 && shown.output.contains("mAP@0"), "\(shown.errors)")
    #expect(shown.errors.contains("report.html: cannot be written: File too large"), "\(shown.errors)")
    #expect(try folder.names == [])
  }

  @Test("a latency curve, alone and in the report")
  func curve() throws {
    let page = folder.path("report.html")
    let plot = folder.path("curve.svg")
    let result = try Program.spot.run(
      [
        "evaluate", Bundled.sample(0), "--latency-curve", "--lookahead", "0,4", "--revise", "4", "--hop", "4",
        "--positions", "grid,mean", "--report", page, "--plot", plot, "--tolerance", "1", "--threads", "2",
      ], timeout: 300)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.hasPrefix("1 videos, 300 frames, 11 true events; one pass takes "))
    #expect(try String(contentsOfFile: plot, encoding: .utf8).contains("revise 4, hop 4"))
    let html = try String(contentsOfFile: page, encoding: .utf8)
    #expect(html.contains("<h2>Latency</h2>") && html.contains("mAP within one frame at look-aheads of 0, 4 frames."))
    // A line in each of both plots, and a name that tells the rows apart.
    for positions in ["grid", "mean"] {
      #expect(html.components(separatedBy: "revise 4, hop 4, \(positions)</li>").count == 3)
      #expect(html.contains("<th scope=\"row\">revise 4, hop 4, \(positions)</th>"))
    }
  }
}
