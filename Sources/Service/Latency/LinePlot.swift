internal import Foundation

/// A chart of lines over named places, drawn as SVG with nothing but shapes and text.
package struct LinePlot {
  /// A line; `values` belong to the plot's places, nil where there is none.
  package struct Line {
    let name: String
    let values: [Double?]
    let isDashed: Bool

    package init(name: String, values: [Double?], isDashed: Bool = false) {
      self.name = name
      self.values = values
      self.isDashed = isDashed
    }
  }

  let title: String
  let horizontal: String
  let vertical: String
  /// Labels of the places on the horizontal axis, evenly spread.
  let places: [String]
  let lines: [Line]

  package init(title: String, horizontal: String, vertical: String, places: [String], lines: [Line]) {
    self.title = title
    self.horizontal = horizontal
    self.vertical = vertical
    self.places = places
    self.lines = lines
  }

  private static let width = 920.0
  private static let height = 480.0
  private static let left = 70.0
  private static let right = 290.0
  private static let top = 50.0
  private static let bottom = 60.0
  /// Colours that colour-blind people can tell apart (Okabe and Ito), and two more.
  private static let colours = [
    "#000000", "#D55E00", "#E69F00", "#CC79A7", "#56B4E9", "#0072B2", "#009E73", "#8C8C00", "#7F3C8D", "#777777",
  ]

  /// The whole SVG file.
  package var svg: String {
    var parts = [
      """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" \
      font-family="sans-serif" font-size="13">
      <rect width="100%" height="100%" fill="white"/>
      """,
      text(title, Self.left, 28, size: 16),
      text(horizontal, (Self.left + plotRight) / 2, Self.height - 15, anchor: "middle"),
      "<g transform=\"rotate(-90 20 \((Self.top + plotBottom) / 2))\">"
        + text(vertical, 20, (Self.top + plotBottom) / 2, anchor: "middle") + "</g>",
    ]
    parts += axes
    for (index, line) in lines.enumerated() { parts += draw(line, index) }
    return (parts + ["</svg>\n"]).joined(separator: "\n")
  }

  private var plotRight: Double { Self.width - Self.right }
  private var plotBottom: Double { Self.height - Self.bottom }

  /// The least difference that fills the height: ticks have a decimal at the most.
  private static let leastRange = 1.0

  /// The vertical range, in steps that are easy to read. It is wider than 0, also where all values are equal.
  private var range: (low: Double, high: Double, step: Double) {
    let values = lines.flatMap { $0.values.compactMap(\.self) }
    var low = values.min() ?? 0
    var high = values.max() ?? 1
    let surplus = max(0, Self.leastRange - (high - low)) / 2
    low -= surplus
    high += surplus
    let raw = (high - low) / 8
    let scale = pow(10, floor(log10(raw)))
    let step = ([1, 2, 5].first { $0 * scale >= raw } ?? 10) * scale
    return (floor(low / step) * step, ceil(high / step) * step, step)
  }

  private func x(_ place: Int) -> Double {
    Self.left + (plotRight - Self.left) * (Double(place) + 0.5) / Double(places.count)
  }

  private func y(_ value: Double) -> Double {
    plotBottom - (plotBottom - Self.top) * (value - range.low) / (range.high - range.low)
  }

  private var axes: [String] {
    let range = range
    var parts: [String] = []
    for value in stride(from: range.low, through: range.high + range.step / 2, by: range.step) {
      parts.append(segment(Self.left, y(value), plotRight, y(value), colour: "#DDDDDD"))
      let tick = (value / range.step).rounded() * range.step + 0  // no −0
      parts.append(text("\(fixed(tick, range.step < 1 ? 1 : 0))", Self.left - 8, y(value) + 4, anchor: "end"))
    }
    for (index, place) in places.enumerated() {
      parts.append(segment(x(index), plotBottom, x(index), plotBottom + 5, colour: "black"))
      parts.append(text(place, x(index), plotBottom + 20, anchor: "middle"))
    }
    parts.append(segment(Self.left, Self.top, Self.left, plotBottom, colour: "black"))
    parts.append(segment(Self.left, plotBottom, plotRight, plotBottom, colour: "black"))
    return parts
  }

  private func draw(_ line: Line, _ index: Int) -> [String] {
    let colour = Self.colours[index % Self.colours.count]
    let dashes = line.isDashed ? " stroke-dasharray=\"6 4\"" : ""
    let points = line.values.enumerated().compactMap { place, value in value.map { (x(place), y($0)) } }
    let path = points.map { "\(fixed($0.0, 1)),\(fixed($0.1, 1))" }.joined(separator: " ")
    let legend = Self.top + 10 + 20 * Double(index)
    return ["<polyline points=\"\(path)\" fill=\"none\" stroke=\"\(colour)\" stroke-width=\"2\"\(dashes)/>"]
      + points.map { "<circle cx=\"\(fixed($0.0, 1))\" cy=\"\(fixed($0.1, 1))\" r=\"3\" fill=\"\(colour)\"/>" } + [
        "<line x1=\"\(plotRight + 15)\" y1=\"\(legend - 4)\" x2=\"\(plotRight + 45)\" y2=\"\(legend - 4)\" "
          + "stroke=\"\(colour)\" stroke-width=\"2\"\(dashes)/>",
        text(line.name, plotRight + 52, legend),
      ]
  }

  private func segment(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, colour: String) -> String {
    "<line x1=\"\(fixed(x1, 1))\" y1=\"\(fixed(y1, 1))\" x2=\"\(fixed(x2, 1))\" y2=\"\(fixed(y2, 1))\" stroke=\"\(colour)\"/>"
  }

  private func text(_ text: String, _ x: Double, _ y: Double, anchor: String = "start", size: Int = 13) -> String {
    let escaped = text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
    return
      "<text x=\"\(fixed(x, 1))\" y=\"\(fixed(y, 1))\" text-anchor=\"\(anchor)\" font-size=\"\(size)\">\(escaped)</text>"
  }
}
