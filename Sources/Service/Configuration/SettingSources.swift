import Video

/// The settings that were given, before they are understood: flags win over the environment, the environment over the
/// configuration file, the file over the defaults. In the file, what stands below a stream's name wins over the file's top.
package struct SettingSources {
  private let values: [DaemonSetting: SettingValue]
  /// Those of each stream; nil where there is one stream only, whose settings these are.
  private let named: [SettingSources]?
  /// Where the name of this one stream of several stands.
  private let name: SettingValue?

  /// - Parameters:
  ///   - flags: What the command line says, as written.
  ///   - environment: All variables of the process. Unknown ones that begin with `SPOTD_` are let be: container platforms set
  ///     such variables by themselves.
  ///   - file: A configuration file to read.
  package init(flags: [DaemonSetting: String], environment: [String: String], file: String?) throws(ServiceError) {
    var given: [DaemonSetting: SettingValue] = [:]
    var defaults: [DaemonSetting: SettingValue] = [:]
    for setting in DaemonSetting.allCases {
      if let text = flags[setting] {
        given[setting] = SettingValue(text: text, origin: setting.flag)
      } else if let text = environment[setting.variable] {
        given[setting] = SettingValue(text: text, origin: setting.variable)
      }
      if let text = setting.defaultText {
        defaults[setting] = SettingValue(text: text, origin: "default \(setting.key)")
      }
    }
    let file = try file.map { path throws(ServiceError) in try ConfigurationFile(path: path) }
    name = nil
    values = defaults.merging(file?.values ?? [:]) { $1 }.merging(given) { $1 }
    guard let streams = file?.streams else {
      named = nil
      return
    }
    for setting in [DaemonSetting.input, .stream] {
      if let value = values[setting] {
        throw value.refusal(
          "does not go with '\(ConfigurationFile.streamsKey):' in the file, where each stream has its own")
      }
    }
    let common = values
    named = streams.map { stream in
      var own = common.merging(stream.values) { $1 }.merging(given) { $1 }
      own[.stream] = stream.name
      return SettingSources(values: own, name: stream.name)
    }
  }

  private init(values: [DaemonSetting: SettingValue], name: SettingValue) {
    self.values = values
    self.name = name
    named = nil
  }

  /// The settings of each stream.
  package var streams: [SettingSources] { named ?? [self] }

  /// The value in force, nil where neither one nor a default is given.
  package func value(of setting: DaemonSetting) -> SettingValue? { values[setting] }

  /// The value in force, which there must be.
  package subscript(setting: DaemonSetting) -> SettingValue {
    get throws(ServiceError) {
      if let value = values[setting] { return value }
      if let name { throw name.refusal("\(setting.key) is missing") }
      throw .argument(
        "\(setting.key) is missing: give \(setting.flag), \(setting.variable) or '\(setting.key):' in a configuration file"
      )
    }
  }
}

extension SettingSources {
  /// What has another value than in `former`, as a file names it: `bind`, `streams.court1.threshold`, or `streams.court3` for
  /// a stream that was not there or is no more.
  func changes(since former: SettingSources) -> [(name: String, setting: DaemonSetting?)] {
    guard named != nil || former.named != nil else { return changed(DaemonSetting.allCases, since: former, in: "") }
    var changes = changed(DaemonSetting.allCases.filter { $0.definition.scope == .daemon }, since: former, in: "")
    let (old, new) = (former.byName, byName)
    for name in Set(old.keys).union(new.keys).sorted() {
      let path = "\(ConfigurationFile.streamsKey).\(name)"
      if let old = old[name], let new = new[name] {
        changes += new.changed(DaemonSetting.ofNamedStreams, since: old, in: path + ".")
      } else {
        changes.append((path, nil))
      }
    }
    return changes
  }

  private var byName: [String: SettingSources] {
    Dictionary(streams.map { ($0.values[.stream]?.text ?? "", $0) }) { first, _ in first }
  }

  private func changed(
    _ settings: [DaemonSetting], since former: SettingSources, in path: String
  ) -> [(name: String, setting: DaemonSetting?)] {
    settings.filter { values[$0]?.text != former.values[$0]?.text }.map { (path + $0.key, $0) }
  }
}

extension SettingSources: CustomStringConvertible {
  /// The settings in force with their origins, as a configuration file would have them.
  package var description: String {
    guard let named else { return lines(DaemonSetting.allCases).joined(separator: "\n") }
    var lines = lines(DaemonSetting.allCases.filter { $0.definition.scope == .daemon })
    lines.append("\(ConfigurationFile.streamsKey):")
    for stream in named {
      if let name = stream.name { lines.append("  \(name.yaml):  # \(name.origin)") }
      lines += stream.lines(DaemonSetting.ofNamedStreams).map { "    " + $0 }
    }
    return lines.joined(separator: "\n")
  }

  private func lines(_ settings: [DaemonSetting]) -> [String] {
    settings.compactMap { setting in
      values[setting].map { "\(setting.key): \(shown($0, of: setting).yaml)  # \($0.origin)" }
    }
  }

  /// The value without passwords and passphrases: what is in force is printed to be passed on.
  private func shown(_ value: SettingValue, of setting: DaemonSetting) -> SettingValue {
    switch setting {
    case .input: SettingValue(text: withoutSecrets(value.text), origin: value.origin)
    case .sourceOption: SettingValue(text: SourceSettings.withoutSecretValues(value.text), origin: value.origin)
    default: value
    }
  }
}
