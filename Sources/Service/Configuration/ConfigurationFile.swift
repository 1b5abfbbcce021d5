import Foundation
import Yams

/// The YAML file that settings can be written in: one mapping from their keys to plain values.
enum ConfigurationFile {
  /// Bytes. Settings are few; a larger file is a mistake.
  private static let sizeLimit = 1 << 20

  /// The settings that the file at `path` gives, with their lines for error messages.
  static func read(path: String) throws(ServiceError) -> [DaemonSetting: SettingValue] {
    let text = try contents(of: path)
    let root: Node?
    do { root = try Yams.compose(yaml: text) } catch { throw unreadable(path, error) }
    guard let root, root.null == nil else { return [:] }
    guard case .mapping(let mapping) = root else {
      throw .configuration("\(path): expected lines of the form 'key: value'")
    }
    var values: [DaemonSetting: SettingValue] = [:]
    for (keyNode, valueNode) in mapping {
      let key = keyNode.string ?? "?"
      let place = "\(path):\(keyNode.mark?.line ?? 1)"
      guard let setting = DaemonSetting(rawValue: key) else {
        let hint = nearest(to: key, among: DaemonSetting.allCases.map(\.key)).map { "; did you mean '\($0)'?" } ?? ""
        throw .configuration("\(place): there is no setting '\(key.prefix(64))'\(hint)")
      }
      guard case .scalar(let scalar) = valueNode, valueNode.null == nil else {
        throw .configuration("\(place): \(key): expected a single value")
      }
      values[setting] = SettingValue(text: scalar.string, origin: "\(place): \(key)")
    }
    return values
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
