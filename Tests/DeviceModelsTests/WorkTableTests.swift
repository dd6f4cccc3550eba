import Testing

@testable import DeviceModels

struct WorkTableTests {
  @Test(arguments: [1, 2, 4])
  func `a number lies at its knot or between it and the next`(digits: Int) {
    let knots = OctaveKnots(digits: digits)
    for number in 1...5000 {
      let index = knots.index(atOrBelow: number)
      #expect(knots.number(at: index) <= number && number < knots.number(at: index + 1))
      if number <= 2 << digits { #expect(knots.number(at: index) == number) }
    }
  }

  @Test func `knots of context are those of decode segments`() {
    for tokens in 1...5000 {
      #expect(WorkGrid.knots.index(atOrBelow: tokens) == DecodeKnots.index(holding: tokens))
    }
  }

  @Test func `a line stays a line, within the table and beyond it`() {
    let table = WorkTable(upTo: 1000) { [3 + 2 * $0, $0, 5, 0] }
    for number in [0, 1, 33, 34, 77, 999, 1000, 5000] {
      let entry = table.entry(at: number)
      #expect(abs(entry[0] - (3 + 2 * Double(number))) < 1e-9)
      #expect(abs(entry[1] - Double(number)) < 1e-9 && entry[2] == 5)
    }
  }

  @Test func `where a measured time dips the table stays level`() {
    let table = WorkTable(upTo: 100) { [$0 < 20 ? $0 : $0 - 10, 0, 0, 0] }
    #expect(table.entry(at: 19)[0] == 19)
    #expect(table.entry(at: 20)[0] == 19 && table.entry(at: 28)[0] == 19)
    #expect(table.entry(at: 32)[0] == 22)
  }

  @Test func `where a measured time dips it still grows by nine tenths of its roofline`() {
    let table = WorkTable(upTo: 100) { [100 - $0, 0, 0, 5 * $0] }
    #expect(abs(table.entry(at: 20)[0] - 190) < 1e-9)
  }

  @Test func `a jump of a grid is spread over knots`() {
    let grid = WorkGrid(rowsUpTo: 4, columnsUpTo: 4096) { _, columns in
      [columns < 100 ? 1 : 1000, 0, 0, 0]
    }
    #expect(grid.entry(rows: 1, columns: 96)[0] == 1)
    let steps = [96, 112, 128, 160].map { grid.entry(rows: 1, columns: $0)[0] }
    for (lower, upper) in zip(steps, steps.dropFirst()) {
      #expect(upper > lower && upper < 1.35 * lower)
    }
  }

  @Test func `where few rows take longer than many both give way`() {
    // Alike in columns; the second knot of rows is out of order by a factor of 4.
    let grid = WorkGrid(rowsUpTo: 4, columnsUpTo: 64) { rows, _ in
      [rows == 2 ? 16 : 4, 0, 0, 0]
    }
    #expect([1, 2, 3, 4].map { grid.entry(rows: $0, columns: 50)[0] } == [4, 8, 8, 8])
  }

  @Test func `a grid never falls in either count, whatever was measured`() {
    // Falls in rows and jumps in columns.
    let grid = WorkGrid(rowsUpTo: 64, columnsUpTo: 4096) { rows, columns in
      [columns / rows + (columns < 300 ? 50 : 0), columns, 0, 0]
    }
    for rows in 1..<80 {
      for columns in stride(from: rows, to: 5000, by: 37) {
        let here = grid.entry(rows: rows, columns: columns)
        let longer = grid.entry(rows: rows, columns: columns + 37)
        let wider = grid.entry(rows: rows + 1, columns: columns)
        #expect(longer[0] >= here[0] && longer[1] >= here[1] && wider[0] >= here[0])
      }
    }
  }

  @Test func `what is bilinear is met exactly between the knots of a grid`() {
    let grid = WorkGrid(rowsUpTo: 64, columnsUpTo: 4096) { rows, columns in
      [1 + rows + 2 * columns + rows * columns, columns, 0, 0]
    }
    for (rows, columns) in [(1, 1), (3, 700), (37, 1111), (64, 9000)] {
      let (r, c) = (Double(rows), Double(columns))
      #expect(abs(grid.entry(rows: rows, columns: columns)[0] / (1 + r + 2 * c + r * c) - 1) < 1e-9)
    }
  }
}
