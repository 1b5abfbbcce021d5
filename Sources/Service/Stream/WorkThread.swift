import Foundation

/// The threads of streams: none of their blocking calls runs on Swift's cooperative pool.
enum WorkThread {
  /// Bytes of stack of each; decoders and the network keep their working memory on the heap.
  private static let stackSize = 4 << 20

  /// Runs `body` on a thread of its own. `name` is what `top -H` shows, of up to 15 bytes.
  static func start(_ name: String, _ body: @escaping @Sendable () -> Void) {
    let thread = Thread(block: body)
    thread.name = name
    thread.stackSize = stackSize
    thread.start()
  }
}
