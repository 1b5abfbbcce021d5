import Testing

import Video

@Suite("Secrets in addresses")
struct SecretsInAddressesTests {
  @Test(
    "are hidden, and nothing else",
    arguments: [
      ("rtsp://user:pa@ss@cam.lan/live", "rtsp://***@cam.lan/live"),
      (
        "srt://10.0.0.1:9000?mode=caller&passphrase=correct-horse&latency=20",
        "srt://10.0.0.1:9000?mode=caller&passphrase=***&latency=20"
      ),
      ("https://a.b/live.m3u8?Token=abc#x", "https://a.b/live.m3u8?Token=***#x"),
      ("http://me:x@a.b/v.mp4?key=1&monkey=2", "http://***@a.b/v.mp4?key=***&monkey=2"),
      ("udp://239.0.0.1:5000?localaddr=10.0.0.2", "udp://239.0.0.1:5000?localaddr=10.0.0.2"),
      ("/videos/a?key=b@c.mp4", "/videos/a?key=b@c.mp4"),
    ])
  func hidden(address: String, shown: String) {
    #expect(withoutSecrets(address) == shown)
  }
}
