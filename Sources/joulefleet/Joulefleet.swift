import ArgumentParser

@main
struct Joulefleet: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "joulefleet", abstract: "Simulates energy, latency and accuracy of LLM fleets.")
}
