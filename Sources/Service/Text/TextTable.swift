import Evaluation

/// Lines of aligned columns for a terminal.
package struct TextTable {
  package enum Alignment { case left, right }

  private let columns: [Alignment]
  private var rows: [[String]] = []

  /// Columns aligned as given; `header` names them.
  package init(_ columns: [Alignment], header: [String]? = nil) {
    self.columns = columns
    if let header { add(header) }
  }

  /// A table of figures: the first column to the left, all others to the right.
  init(_ header: String...) {
    self.init(header.indices.map { $0 == 0 ? .left : .right }, header: header)
  }

  /// Adds a row with a cell for each column.
  mutating func add(_ cells: String...) { add(cells) }

  /// Adds a row with a cell for each column. Cells may hold names out of files: no terminal obeys what is in them.
  package mutating func add(_ cells: [String]) {
    precondition(cells.count == columns.count, "a row has a cell for each of \(columns.count) columns")
    rows.append(cells.map(\.printable))
  }

  /// The rows, two blanks between columns, each ended by a line feed.
  package var text: String {
    let widths = columns.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { cells in
      let padded = cells.indices.map { column in
        let blanks = String(repeating: " ", count: widths[column] - cells[column].count)
        return columns[column] == .left ? cells[column] + blanks : blanks + cells[column]
      }
      var line = padded.joined(separator: "  ")
      while line.hasSuffix(" ") { line.removeLast() }
      return line + "\n"
    }.joined()
  }

  /// A table of facts, a name and a value each.
  static func facts(_ facts: [(String, String)]) -> String {
    var table = TextTable([.left, .left])
    for (name, value) in facts { table.add([name, value]) }
    return table.text
  }
}
