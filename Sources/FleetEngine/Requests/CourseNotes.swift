/// What has happened to requests with a course at the boundary that a replica stands at.
struct CourseNotes: ~Copyable {
  /// Requests of which samples have ended, once for each.
  var toJudge = Slab<Int32>()
  /// Rows whose chains a depth controller is asked about, in order.
  var checkpoints = Slab<Checkpoint>()
  /// Attempts on other replicas whose query's answer is known.
  var stopping = Slab<RequestReference>()
  var cancelledSamples = 0

  /// A chain of `row`, which stands in a slot of the batch.
  struct Checkpoint {
    var request: RequestReference
    var row: Int32
  }
}
