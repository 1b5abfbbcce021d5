/// A table that scrolls sideways in its own frame where the screen is too narrow.
struct HTMLTable {
  private let caption: String
  private let header: [String]
  /// Columns of figures stand to the right.
  private let figures: Set<Int>
  private var rows: [[HTML]] = []

  /// `texts` are the columns that hold words rather than figures.
  init(_ caption: String, header: [String], texts: Set<Int> = [0]) {
    self.caption = caption
    self.header = header
    figures = Set(header.indices).subtracting(texts)
  }

  /// Adds a row; its first cell is the row's head.
  mutating func add(_ cells: [HTML]) { rows.append(cells) }

  mutating func add(_ cells: String...) {
    rows.append(cells.enumerated().map { $0 == 0 ? HTML.label($1) : "\($1)" })
  }

  var isEmpty: Bool { rows.isEmpty }

  var html: HTML {
    let head = header.enumerated().map { index, name in "<th scope=\"col\"\(style(index))>\(name)</th>" as HTML }
    let body = rows.map { row in
      let cells = row.enumerated().map { index, cell in
        index == 0 ? "<th scope=\"row\"\(style(0))>\(cell)</th>" as HTML : "<td\(style(index))>\(cell)</td>"
      }
      return "<tr>\(cells)</tr>" as HTML
    }
    return """
      <p class="caption">\(caption)</p>
      <div class="scroll" tabindex="0" role="region" aria-label="\(caption)"><table>
      <thead><tr>\(head)</tr></thead>
      <tbody>
      \(body)
      </tbody></table></div>
      """
  }

  private func style(_ column: Int) -> HTML { figures.contains(column) ? " class=\"n\"" : "" }
}
