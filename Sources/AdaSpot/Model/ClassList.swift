internal import Foundation

/// Names of the foreground classes: class k (from 1) is `names[k − 1]`.
public struct ClassList: Sendable, Hashable {
  public let names: [String]
  /// For f3set: the sub-class index in each of the eight groups of every full class; empty otherwise.
  package let elements: [[Int]]

  /// How many sub-classes each of f3set's eight groups has.
  package static let f3setGroups = [2, 3, 3, 3, 7, 8, 2, 4]

  package init(names: [String], elements: [[Int]] = []) {
    self.names = names
    self.elements = elements
  }

  /// Name of class `label`, which lies in 1 … names.count.
  public func name(_ label: Int) -> String { names[label - 1] }

  /// Reads one name a line; for f3set also `elements.txt` beside it, the sub-classes in groups of 2, 3, 3, 3, 7, 8, 2,
  /// 4.
  public static func read(path: String, configuration: ModelConfiguration) throws(AdaSpotError) -> ClassList {
    let names = try lines(path)
    guard names.count == configuration.classes else {
      throw .classes(
        path: path, problem: "lists \(names.count) classes, the configuration says \(configuration.classes)")
    }
    guard Set(names).count == names.count else {
      throw .classes(path: path, problem: "names a class twice")
    }
    guard configuration.dataset == "f3set" else { return ClassList(names: names) }
    let elementsPath = URL(fileURLWithPath: path).deletingLastPathComponent().appendingPathComponent("elements.txt")
      .path
    return ClassList(names: names, elements: try split(names, into: lines(elementsPath), path: path, elementsPath))
  }

  private static func lines(_ path: String) throws(AdaSpotError) -> [String] {
    guard let text = String(validating: try ModelText.read(path), as: UTF8.self) else {
      throw .unreadable(path: path, reason: "is not UTF-8 text")
    }
    // Some editors put a byte order mark in front, which is no part of the first name.
    let listed = text.hasPrefix("\u{FEFF}") ? text.dropFirst() : text[...]
    return listed.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty }
  }

  /// Finds each full class's sub-class in every group; a full class joins one name of each group with `_`.
  private static func split(
    _ names: [String], into elements: [String], path: String, _ elementsPath: String
  ) throws(AdaSpotError) -> [[Int]] {
    let expected = f3setGroups.reduce(0, +)
    guard elements.count == expected else {
      throw .classes(path: elementsPath, problem: "lists \(elements.count) sub-classes, f3set has \(expected)")
    }
    var groups: [[String]] = []
    var first = 0
    for size in f3setGroups {
      groups.append(Array(elements[first..<first + size]))
      first += size
    }
    var result: [[Int]] = []
    for name in names {
      guard let indices = match(Substring(name), groups[...]) else {
        throw .classes(path: path, problem: "'\(name)' is not one sub-class of each group joined with '_'")
      }
      result.append(indices)
    }
    return result
  }

  /// Sub-class names may hold `_` themselves, so every name that begins the rest is tried.
  private static func match(_ rest: Substring, _ groups: ArraySlice<[String]>) -> [Int]? {
    guard let group = groups.first else { return rest.isEmpty ? [] : nil }
    let last = groups.count == 1
    for (index, name) in group.enumerated() where rest.hasPrefix(last ? name : name + "_") {
      if let tail = match(rest.dropFirst(name.count + (last ? 0 : 1)), groups.dropFirst()) { return [index] + tail }
    }
    return nil
  }
}
