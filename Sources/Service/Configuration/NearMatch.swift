/// The one of `names` that `word` was probably meant to be; nil when none is near.
package func nearest(to word: String, among names: [String]) -> String? {
  let word = word.lowercased().replacing("_", with: "-").prefix(64)
  let (name, edits) = names.map { ($0, editDistance(Array(word), Array($0))) }.min { $0.1 < $1.1 } ?? ("", .max)
  return edits <= 2 && 2 * edits < name.count ? name : nil
}

/// How many characters must be inserted, removed or replaced to make one word of the other (Levenshtein).
private func editDistance(_ first: [Character], _ second: [Character]) -> Int {
  var row = Array(0...second.count)
  for (index, character) in first.enumerated() {
    var diagonal = row[0]
    row[0] = index + 1
    for column in second.indices {
      let replaced = diagonal + (character == second[column] ? 0 : 1)
      diagonal = row[column + 1]
      row[column + 1] = min(replaced, row[column] + 1, row[column + 1] + 1)
    }
  }
  return row[second.count]
}
