/// Splits a command line into words as a shell does: blanks part words, quotes and backslashes
/// keep them together, a backslash at the end of a line continues it. Nothing is expanded.
struct CommandWords {
  private enum Quote {
    case none, single, double
  }

  private var words: [String] = []
  /// The word in progress; nil between words.
  private var word: String?
  private var quote = Quote.none

  /// Nil where a quote is never closed.
  static func split(_ line: String) -> [String]? {
    var splitter = CommandWords()
    var characters = Array(line)[...]
    while let character = characters.popFirst() {
      splitter.take(character, &characters)
    }
    guard splitter.quote == .none else { return nil }
    splitter.endWord()
    return splitter.words
  }

  private mutating func take(_ character: Character, _ rest: inout ArraySlice<Character>) {
    switch (quote, character) {
    case (.none, "'"): open(.single)
    case (.none, "\""): open(.double)
    case (.single, "'"), (.double, "\""): quote = .none
    case (.none, "\\"), (.double, "\\"):
      guard let next = rest.popFirst() else { return append(character) }
      if !next.isNewline { append(next) }
    case (.none, _) where character.isWhitespace: endWord()
    default: append(character)
    }
  }

  private mutating func open(_ kind: Quote) {
    quote = kind
    word = word ?? ""
  }

  private mutating func append(_ character: Character) { word = (word ?? "") + [character] }

  private mutating func endWord() {
    if let word { words.append(word) }
    word = nil
  }
}
