/// The settings that were given, before they are understood: flags win over the environment, the environment over the
/// configuration file, the file over the defaults.
package struct SettingSources {
  private let values: [DaemonSetting: SettingValue]

  /// - Parameters:
  ///   - flags: What the command line says, as written.
  ///   - environment: All variables of the process. Unknown ones that begin with `SPOTD_` are let be: container platforms set
  ///     such variables by themselves.
  ///   - file: A configuration file to read.
  package init(flags: [DaemonSetting: String], environment: [String: String], file: String?) throws(ServiceError) {
    var values = try file.map { path throws(ServiceError) in try ConfigurationFile.read(path: path) } ?? [:]
    for setting in DaemonSetting.allCases {
      if let text = flags[setting] {
        values[setting] = SettingValue(text: text, origin: setting.flag)
      } else if let text = environment[setting.variable] {
        values[setting] = SettingValue(text: text, origin: setting.variable)
      } else if values[setting] == nil, let text = setting.defaultText {
        values[setting] = SettingValue(text: text, origin: "default \(setting.key)")
      }
    }
    self.values = values
  }

  /// The value in force, nil where neither one nor a default is given.
  package func value(of setting: DaemonSetting) -> SettingValue? { values[setting] }

  /// The value in force, which there must be.
  package subscript(setting: DaemonSetting) -> SettingValue {
    get throws(ServiceError) {
      if let value = values[setting] { return value }
      throw .argument(
        "\(setting.key) is missing: give \(setting.flag), \(setting.variable) or '\(setting.key):' in a configuration file"
      )
    }
  }
}

extension SettingSources: CustomStringConvertible {
  package var description: String {
    DaemonSetting.allCases.compactMap { setting in
      values[setting].map { "\(setting.key): \($0.text)  # \($0.origin)" }
    }
    .joined(separator: "\n")
  }
}
