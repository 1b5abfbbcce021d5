/// A queue over one array: elements leave at the front in amortised constant time and keep their order.
struct Fifo<Element> {
  private var elements: [Element?] = []
  private var head = 0

  var count: Int { elements.count - head }
  var isEmpty: Bool { count == 0 }

  /// The element at `position`, 0 … count − 1, from the front.
  subscript(position: Int) -> Element {
    guard let element = elements[head + position] else { preconditionFailure("taken elements lie before the head") }
    return element
  }

  mutating func append(_ element: Element) { elements.append(element) }

  mutating func popFirst() -> Element? {
    if isEmpty { return nil }
    let element = elements[head]
    elements[head] = nil  // frees what it holds before the array is compacted
    head += 1
    if head > 64 && head * 2 > elements.count {
      elements.removeFirst(head)
      head = 0
    }
    return element
  }
}
