import ArgumentParser

@main
struct Spot: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "spot", abstract: "Spots fast events in video to the exact frame.", version: "0.1.0",
    subcommands: [SubscribeCommand.self])
}
