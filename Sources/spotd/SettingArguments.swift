import ArgumentParser
import Service

extension Option where Value == String? {
  /// A setting's option: name, help and default are those of its definition.
  init(_ setting: DaemonSetting) {
    self.init(name: .customLong(setting.key), help: ArgumentHelp(setting))
  }
}

extension Flag where Value == Bool {
  init(wrappedValue: Bool, _ setting: DaemonSetting) {
    self.init(wrappedValue: wrappedValue, name: .customLong(setting.key), help: ArgumentHelp(setting))
  }
}

extension ArgumentHelp {
  init(_ setting: DaemonSetting) {
    self.init("\(setting.help)", valueName: setting.definition.valueName)
  }
}
