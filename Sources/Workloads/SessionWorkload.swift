public import Quantities

/// Conversations: each turn's prompt repeats everything before it and adds a message.
public struct SessionWorkload: Sendable {
  /// One kind of conversation in the mix; all turns of a session are of one kind.
  public struct Task: Sendable {
    public var mixPart: TaskMix.Part
    /// Tokens of the first message, the system prompt not included.
    public var firstMessage: TokenLengths
    /// Tokens of every later message.
    public var laterMessage: TokenLengths
    /// Tokens of every answer.
    public var answer: TokenLengths

    public init(
      mixPart: TaskMix.Part, firstMessage: TokenLengths, laterMessage: TokenLengths,
      answer: TokenLengths
    ) {
      self.mixPart = mixPart
      self.firstMessage = firstMessage
      self.laterMessage = laterMessage
      self.answer = answer
    }
  }

  /// What begins every prompt of a session: one of several texts, each shared by a group of
  /// sessions.
  public struct SystemPrompt: Sendable {
    /// Tokens, drawn for each group; nil for no system prompt.
    public var tokens: TokenLengths?
    /// Groups, at least 1, equally likely.
    public var groupCount: Int

    public init(tokens: TokenLengths?, groupCount: Int = 1) {
      precondition(groupCount >= 1, "\(groupCount) groups of sessions")
      self.tokens = tokens
      self.groupCount = groupCount
    }
  }

  /// When sessions start.
  public var starts: ArrivalProcess
  /// Queries of a session.
  public var turns: TokenLengths
  /// From the end of an answer to the next message.
  public var thinkTime: DurationDistribution
  public var systemPrompt: SystemPrompt
  /// Tokens of one prefix block, at least 1.
  public var prefixBlockTokens: Int
  /// A session ends before a turn whose prompt and answer would be longer; nil for no limit.
  public var contextLimit: Int?
  public var tasks: [Task]
  /// No session starts at it or later.
  public var duration: SimDuration?
  public var sessionLimit: Int?

  public init(
    starts: ArrivalProcess, turns: TokenLengths, thinkTime: DurationDistribution,
    systemPrompt: SystemPrompt, prefixBlockTokens: Int = 16, contextLimit: Int? = nil,
    tasks: [Task], duration: SimDuration? = nil, sessionLimit: Int? = nil
  ) {
    precondition(!tasks.isEmpty, "a workload without tasks")
    precondition(prefixBlockTokens >= 1, "prefix blocks of \(prefixBlockTokens) tokens")
    self.starts = starts
    self.turns = turns
    self.thinkTime = thinkTime
    self.systemPrompt = systemPrompt
    self.prefixBlockTokens = prefixBlockTokens
    self.contextLimit = contextLimit
    self.tasks = tasks
    self.duration = duration
    self.sessionLimit = sessionLimit
  }
}
