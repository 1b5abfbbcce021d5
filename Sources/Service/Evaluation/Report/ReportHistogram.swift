/// Bars over whole numbers around zero, drawn as SVG in the page's colours.
struct ReportHistogram {
  let title: String
  let summary: String
  let horizontal: String
  /// Counts of −reach … reach.
  let counts: [Int]

  private static let width = 460.0
  private static let height = 300.0
  private static let top = 24.0
  private static let bottom = 250.0
  /// Bars that have room for their label; of more, every n-th has one.
  private static let mostLabels = 13
  /// Bars on each side of zero that are shown even where they are empty.
  private static let leastReach = 5

  var html: HTML {
    let whole = (counts.count - 1) / 2
    let outermost = counts.indices.filter { counts[$0] > 0 }.map { abs($0 - whole) }.max() ?? 0
    let reach = min(whole, max(outermost, Self.leastReach))
    let shown = Array(counts[whole - reach...whole + reach])
    let most = Double(max(1, shown.max() ?? 1))
    let slot = Self.width / Double(shown.count)
    let every = (shown.count + Self.mostLabels - 1) / Self.mostLabels
    let bars = shown.enumerated().map { index, count in
      let error = index - reach
      let height = (Self.bottom - Self.top) * Double(count) / most
      let middle = fixed((Double(index) + 0.5) * slot, 1)
      let value: HTML =
        count > 0 && every <= 2
        ? "<text x=\"\(middle)\" y=\"\(fixed(Self.bottom - height - 5, 1))\" text-anchor=\"middle\">\(count)</text>"
        : ""
      let label: HTML =
        error % every == 0
        ? "<text x=\"\(middle)\" y=\"\(fixed(Self.bottom + 18, 0))\" text-anchor=\"middle\">\(error < 0 ? "−\(-error)" : "\(error)")</text>"
        : ""
      return """
        <rect class="\(error == 0 ? "exact" : "off")" x="\(fixed(Double(index) * slot + slot * 0.12, 1))" \
        y="\(fixed(Self.bottom - height, 1))" width="\(fixed(slot * 0.76, 1))" height="\(fixed(height, 1))"/>\(value)\(label)
        """ as HTML
    }
    return """
      <figure><figcaption>\(title)</figcaption>
      <svg viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" role="img" aria-label="\(summary)">
      \(bars)
      <path class="axis" d="M0 \(fixed(Self.bottom, 0))H\(fixed(Self.width, 0))"/>
      <text x="\(fixed(Self.width / 2, 0))" y="\(fixed(Self.height - 8, 0))" text-anchor="middle">\(horizontal)</text>
      </svg></figure>
      """
  }
}
