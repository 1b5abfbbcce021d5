import ArgumentParser
import Service

/// The options that say who may connect to what a tool binds.
struct ExposureOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Secret key of this end (see spot keygen): encrypts the bus.", valueName: "file"))
  var curveKey: String?
  @Option(help: ArgumentHelp("Public keys of the clients that are let in, one a line.", valueName: "file"))
  var curveAllow: String?
  @Flag(help: "Bind endpoints that others can reach also without encryption.") var allowPlainRemote = false

  /// The first of these options that was given.
  var given: String? {
    if curveKey != nil { return "--curve-key" }
    if curveAllow != nil { return "--curve-allow" }
    return allowPlainRemote ? "--allow-plain-remote" : nil
  }

  var value: BusExposure {
    var exposure = BusExposure()
    exposure.keyFile = curveKey
    exposure.allowFile = curveAllow
    exposure.allowsPlainRemote = allowPlainRemote
    return exposure
  }
}
