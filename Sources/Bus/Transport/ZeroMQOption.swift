import CZeroMQ

/// The socket options that are set outside `Socket`, by what they do.
enum ZeroMQOption {
  static let linger = ZMQ_LINGER
  /// XPUB: tells of each new subscription, also of one that somebody else has, and of each that ends.
  static let reportEverySubscription = ZMQ_XPUB_VERBOSER
  /// XPUB: a send is refused (EAGAIN) when the queue of a matching subscriber is full.
  static let refuseWhenFull = ZMQ_XPUB_NODROP
  /// ROUTER: a send is refused (EHOSTUNREACH, EAGAIN) when the client has gone or does not read.
  static let refuseUnroutable = ZMQ_ROUTER_MANDATORY
}
