import Foundation
import Yams

/// The YAML file that settings can be written in: a mapping from their keys to plain values, and under `streams` one from names
/// of streams to mappings of the same kind.
struct ConfigurationFile {
  /// What stands under one name of `streams`.
  struct Stream {
    let name: SettingValue
    let values: [DaemonSetting: SettingValue]
  }

  static let streamsKey = "streams"

  /// Bytes. Settings are few; a larger file is a mistake.
  private static let sizeLimit = 1 << 20
  /// Each stream takes threads and memory; more of them are a mistake.
  private static let mostStreams = 256

  /// What the top of the file gives.
  private(set) var values: [DaemonSetting: SettingValue] = [:]
  /// In the file's order; nil where the file does not speak of several streams.
  private(set) var streams: [Stream]?

  private let path: String

  /// Reads the file at `path`; each value knows its line, for error messages.
  init(path: String) throws(ServiceError) {
    self.path = path
    let text = try Self.contents(of: path)
    if let line = YAMLAnchors.firstLine(in: text) {
      throw .configuration("\(path):\(line): an anchor (&name): expected plain values")
    }
    let root: Node?
    do { root = try Yams.compose(yaml: text) } catch { throw Self.unreadable(path, error) }
    guard let root, root.null == nil else { return }
    guard case .mapping(let mapping) = root else {
      throw .configuration("\(path): expected lines of the form 'key: value'")
    }
    for (key, value) in mapping {
      if key.string == Self.streamsKey {
        streams = try readStreams(value, key)
      } else {
        let (setting, value) = try entry(key, value, under: nil)
        values[setting] = value
      }
    }
  }

  private func place(_ key: Node) -> String { "\(path):\(key.mark?.line ?? 1)" }

  private func readStreams(_ node: Node, _ key: Node) throws(ServiceError) -> [Stream] {
    guard case .mapping(let mapping) = node, !mapping.isEmpty else {
      throw .configuration(
        "\(place(key)): \(Self.streamsKey): expected names of streams with their settings below them")
    }
    guard mapping.count <= Self.mostStreams else {
      throw .configuration("\(place(key)): \(Self.streamsKey): has more than \(Self.mostStreams) streams")
    }
    var streams: [Stream] = []
    for (nameNode, node) in mapping {
      let name = nameNode.string ?? "?"
      let path = "\(Self.streamsKey).\(name.prefix(64))"
      let origin = "\(place(nameNode)): \(path)"
      guard nameNode.scalar != nil, case .mapping(let mapping) = node else {
        throw .configuration("\(origin): expected settings of the stream, such as 'input: …', below its name")
      }
      if streams.contains(where: { $0.name.text == name }) { throw .configuration("\(origin): is there twice") }
      var values: [DaemonSetting: SettingValue] = [:]
      for (key, value) in mapping {
        let (setting, value) = try entry(key, value, under: path)
        values[setting] = value
      }
      streams.append(Stream(name: SettingValue(text: name, origin: origin), values: values))
    }
    return streams
  }

  /// One setting. `stream` is where it stands, such as `streams.court1`; nil: at the top.
  private func entry(
    _ keyNode: Node, _ valueNode: Node, under stream: String?
  ) throws(ServiceError) -> (DaemonSetting, SettingValue) {
    let key = keyNode.string ?? "?"
    let allowed = stream == nil ? DaemonSetting.allCases : DaemonSetting.ofNamedStreams
    guard let setting = DaemonSetting(rawValue: key) else {
      let names = allowed.map(\.key) + (stream == nil ? [Self.streamsKey] : [])
      let hint = nearest(to: key, among: names).map { "; did you mean '\($0)'?" } ?? ""
      let whose = stream.map { " of \($0)" } ?? ""
      throw .configuration("\(place(keyNode)): there is no setting '\(key.prefix(64))'\(whose)\(hint)")
    }
    let origin = "\(place(keyNode)): \(stream.map { $0 + "." } ?? "")\(key)"
    guard allowed.contains(setting) else {
      let reason =
        setting == .stream ? "is the stream's name above it" : "is for all streams: it goes to the file's top"
      throw .configuration("\(origin): \(reason)")
    }
    guard case .scalar(let scalar) = valueNode, valueNode.null == nil else {
      throw .configuration("\(origin): expected a single value")
    }
    return (setting, SettingValue(text: scalar.string, origin: origin))
  }

  private static func contents(of path: String) throws(ServiceError) -> String {
    let data: Data?
    do {
      let file = try FileHandle(forReadingFrom: URL(filePath: path))
      data = try file.read(upToCount: sizeLimit + 1)
    } catch {
      throw .configuration("\(path): cannot be read: \(reason(error))")
    }
    guard let data else { return "" }
    guard data.count <= sizeLimit else {
      throw .configuration("\(path): is larger than \(sizeLimit >> 20) MiB, too large for a configuration")
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw .configuration("\(path): is not UTF-8 text")
    }
    return text
  }

  private static func reason(_ error: any Error) -> String {
    let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    return cause.map { String(cString: strerror(Int32($0.code))) } ?? error.localizedDescription
  }

  /// Yams quotes the whole file in its errors; a person needs the line and the problem.
  private static func unreadable(_ path: String, _ error: any Error) -> ServiceError {
    switch error {
    case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
      YamlError.composer(_, let problem, let mark, _):
      .configuration("\(path):\(mark.line): not YAML: \(problem)")
    case YamlError.duplicatedKeysInMapping(let keys, let context):
      .configuration("\(path):\(context.mark.line): given twice: \(keys.joined(separator: ", "))")
    default:
      .configuration("\(path): not YAML")
    }
  }
}
