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
      (
        "https://b.s3.amazonaws.com/v.mp4?X-Amz-Expires=60&X-Amz-Signature=0a1b&X-Amz-Security-Token=c%2F",
        "https://b.s3.amazonaws.com/v.mp4?X-Amz-Expires=60&X-Amz-Signature=***&X-Amz-Security-Token=***"
      ),
      ("https://a.b/l.m3u8?hdnts=exp=9~hmac=1f&api_key=1&v=2", "https://a.b/l.m3u8?hdnts=***&api_key=***&v=2"),
      ("https://a.b/l.m3u8?apiKey=1&stream.key=2", "https://a.b/l.m3u8?apiKey=***&stream.key=***"),
      ("https://a.b/v.mp4?turkey=1&keyframe=2&key-pair-id=3", "https://a.b/v.mp4?turkey=1&keyframe=2&key-pair-id=3"),
      ("udp://239.0.0.1:5000?localaddr=10.0.0.2", "udp://239.0.0.1:5000?localaddr=10.0.0.2"),
      ("/videos/a?key=b@c.mp4", "/videos/a?key=b@c.mp4"),
    ])
  func hidden(address: String, shown: String) {
    #expect(withoutSecrets(address) == shown)
  }

  @Test("are hidden in what libav says, too, and so is what would control a terminal")
  func words() {
    #expect(
      presentable(words: "Cannot open 'http://me:x@a.b/1.ts?token=abc&part=2' of \u{1B}[31mhttp://you@c.d/l.m3u8?x=1")
        == "Cannot open 'http://***@a.b/1.ts?token=***&part=2' of [31mhttp://***@c.d/l.m3u8?x=1")
    #expect(presentable(words: "Unable to read part?key=abc") == "Unable to read part?key=***")
  }
}
