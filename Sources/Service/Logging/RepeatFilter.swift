/// Holds back what is logged again and again, and counts it: after its first line the same is quiet for a while, then one
/// line tells how often it was repeated.
package struct RepeatFilter: Sendable {
  private struct Quiet {
    var since: UInt64
    var held = 0
  }

  /// Nanoseconds. An error a minute is worth a line each; a thousand a second are not.
  package static let quietTime: UInt64 = 10_000_000_000
  /// Different entries that are remembered; more of them at once pass unfiltered.
  private static let mostEntries = 256

  private var entries: [String: Quiet] = [:]

  package init() {}

  /// Whether the entry is to be logged at `now`, and how many like it were held back since the last; nil: it is held back, too.
  package mutating func admit(_ entry: String, now: UInt64) -> Int? {
    guard let known = entries[entry] else {
      if entries.count < Self.mostEntries { entries[entry] = Quiet(since: now) }
      return 0
    }
    if now - min(known.since, now) < Self.quietTime {
      entries[entry]?.held += 1
      return nil
    }
    entries[entry] = Quiet(since: now)
    return known.held
  }

  /// What was held back of entries whose quiet time is over at `now`, or of all: entries with their counts, in order of names.
  package mutating func due(now: UInt64, all: Bool = false) -> [(entry: String, count: Int)] {
    let over = entries.filter { all || now - min($0.value.since, now) >= Self.quietTime }
    for (entry, quiet) in over { entries[entry] = quiet.held > 0 ? Quiet(since: now) : nil }
    return over.filter { $0.value.held > 0 }.map { ($0.key, $0.value.held) }.sorted { $0.entry < $1.entry }
  }

  /// What an entry is told apart by: its text with all numbers alike, since frames and times differ where nothing else does.
  package static func entry(_ text: String) -> String {
    var entry = ""
    var isInNumber = false
    for character in text {
      let isDigit = character.isASCII && character.isNumber
      if !isDigit { entry.append(character) } else if !isInNumber { entry.append("#") }
      isInNumber = isDigit
    }
    return entry
  }
}
