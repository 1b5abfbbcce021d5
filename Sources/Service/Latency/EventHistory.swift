import AdaSpot
import Evaluation
package import Spotting
package import Timeline

/// Everything that was told about the events of one video, and when: the newest frame at that moment.
package struct EventHistory {
  package struct Entry {
    package let update: EventUpdate
    package let newest: Int
  }

  package private(set) var entries: [Entry] = []

  package init() {}

  package mutating func append(_ updates: [EventUpdate], newest: Int) {
    entries += updates.map { Entry(update: $0, newest: newest) }
  }

  /// What became final.
  package var finals: [Event] { entries.filter { $0.update.state == .final }.map(\.update.event) }

  /// What somebody knew who looks `delay` frames after each event: its state then, if it was announced and not
  /// retracted by then.
  package func known(after delay: Int) -> [Event] {
    var last: [Int: EventUpdate] = [:]
    for entry in entries where entry.newest - entry.update.event.frame <= delay {
      last[entry.update.id] = entry.update
    }
    return last.values.filter { $0.state != .retracted }.map(\.event).sorted {
      ($0.frame, $0.label) < ($1.frame, $1.label)
    }
  }

  /// Each event that became final, with the newest frame at its first announcement.
  package var announcements: [(event: Event, newest: Int)] {
    var first: [Int: Int] = [:]
    var result: [(Event, Int)] = []
    for entry in entries {
      let newest = first[entry.update.id, default: entry.newest]
      first[entry.update.id] = newest
      if entry.update.state == .final { result.append((entry.update.event, newest)) }
    }
    return result
  }
}

extension [Event] {
  /// The events under their names.
  func named(_ classes: ClassList) -> [PredictedVideo.Event] {
    map { .init(frame: $0.frame, label: classes.name($0.label), score: $0.score) }
  }
}
