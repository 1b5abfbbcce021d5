/// Lines over a plane, drawn as SVG in the page's colours, with a legend below that wraps on a narrow screen.
struct ReportChart {
  struct Line {
    let name: String
    let points: [(x: Double, y: Double)]
    /// Whether the points are measurements that deserve a mark.
    var isMarked = false
  }

  struct Axis {
    let name: String
    let range: ClosedRange<Double>
    /// Where a label stands, and what it says.
    let ticks: [(place: Double, label: String)]
  }

  let title: String
  /// What the chart shows, for those who do not see it.
  let summary: String
  let horizontal: Axis
  let vertical: Axis
  let lines: [Line]

  /// Lines that colours and dashes tell apart.
  static let mostLines = 8
  private static let dashes = ["", "7 4", "2 4", "10 3 2 3", "", "7 4", "2 4", "10 3 2 3"]
  private static let width = 460.0
  private static let height = 320.0
  private static let left = 52.0
  private static let right = 448.0
  private static let top = 12.0
  private static let bottom = 268.0

  var html: HTML {
    let legend = lines.enumerated().map { index, line in
      """
      <li><svg viewBox="0 0 36 10" aria-hidden="true"><path class="line s\(index)"\(Self.dash(index)) d="M0 5H36"/></svg>\(line.name)</li>
      """ as HTML
    }
    return """
      <figure><figcaption>\(title)</figcaption>
      <svg viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" role="img" aria-label="\(summary)">
      \(axes)
      \(lines.enumerated().map { draw($1, $0) })
      </svg>
      \(lines.count > 1 ? "<ul class=\"legend\">\(legend)</ul>" as HTML : "")
      </figure>
      """
  }

  private func x(_ value: Double) -> String {
    let range = horizontal.range
    return fixed(
      Self.left + (Self.right - Self.left) * (value - range.lowerBound) / (range.upperBound - range.lowerBound), 1)
  }

  private func y(_ value: Double) -> String {
    let range = vertical.range
    return fixed(
      Self.bottom - (Self.bottom - Self.top) * (value - range.lowerBound) / (range.upperBound - range.lowerBound), 1)
  }

  private var axes: HTML {
    let down = vertical.ticks.map { tick in
      """
      <path class="grid" d="M\(fixed(Self.left, 0)) \(y(tick.place))H\(fixed(Self.right, 0))"/>\
      <text x="\(fixed(Self.left - 6, 0))" y="\(y(tick.place))" dy="0.35em" text-anchor="end">\(tick.label)</text>
      """ as HTML
    }
    let along = horizontal.ticks.map { tick in
      """
      <path class="axis" d="M\(x(tick.place)) \(fixed(Self.bottom, 0))v5"/>\
      <text x="\(x(tick.place))" y="\(fixed(Self.bottom + 19, 0))" text-anchor="middle">\(tick.label)</text>
      """ as HTML
    }
    let middle = fixed((Self.top + Self.bottom) / 2, 0)
    return """
      \(down)
      \(along)
      <path class="axis" d="M\(fixed(Self.left, 0)) \(fixed(Self.bottom, 0))H\(fixed(Self.right, 0))"/>
      <text x="\(fixed((Self.left + Self.right) / 2, 0))" y="\(fixed(Self.height - 12, 0))" text-anchor="middle">\(horizontal.name)</text>
      <text transform="rotate(-90 14 \(middle))" x="14" y="\(middle)" dy="0.35em" text-anchor="middle">\(vertical.name)</text>
      """
  }

  private func draw(_ line: Line, _ index: Int) -> HTML {
    let path = line.points.enumerated().map { "\($0 == 0 ? "M" : "L")\(x($1.x)) \(y($1.y))" }.joined()
    let marks =
      line.isMarked
      ? line.points.map { "<circle class=\"line s\(index)\" cx=\"\(x($0.x))\" cy=\"\(y($0.y))\" r=\"3\"/>" as HTML }
      : []
    return "<path class=\"line s\(index)\"\(Self.dash(index)) d=\"\(path)\"/>\(marks)"
  }

  private static func dash(_ index: Int) -> HTML {
    let dashes = Self.dashes[index % Self.dashes.count]
    return dashes.isEmpty ? "" : " stroke-dasharray=\"\(dashes)\""
  }
}

extension ReportChart.Axis {
  /// 0 to 100 percent.
  static func percent(_ name: String) -> Self {
    Self(name: name, range: 0...100, ticks: stride(from: 0, through: 100, by: 20).map { ($0, fixed($0, 0)) })
  }
}
