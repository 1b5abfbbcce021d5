import ArgumentParser
import Service

/// The options that name a daemon's bus.
struct ConnectionOptions: ParsableArguments {
  @Argument(help: "ZeroMQ endpoint to connect to.") var endpoint = BusConnection.defaultEndpoint
  @Option(help: ArgumentHelp("Only this stream.", valueName: "name")) var stream: String?
  @Option(
    help: ArgumentHelp(
      "Where missed messages are fetched (default: the port after that of the endpoint).", valueName: "endpoint"))
  var replay: String?
  @Flag(help: "Do not fetch missed messages, only tell of them.") var noRecovery = false
  // A key may begin with a minus sign.
  @Option(
    parsing: .unconditional, help: ArgumentHelp("The daemon's public key, for an encrypted bus.", valueName: "key"))
  var curveServer: String?
  @Option(help: ArgumentHelp("Your secret key (see spot keygen), for an encrypted bus.", valueName: "file"))
  var curveKey: String?

  var value: BusConnection {
    var connection = BusConnection()
    connection.endpoint = endpoint
    connection.replayEndpoint = replay
    connection.recovers = !noRecovery
    connection.stream = stream
    connection.serverKey = curveServer
    connection.keyFile = curveKey
    return connection
  }
}
