import Foundation
import Sealwood
import TestStores

/// Steps that run one after another.
struct Scenario {
    let name: String
    let steps: [[String: Json]]

    /// The scenarios of a file.
    static func read(_ file: String, variables: [String: String]) throws -> [Scenario] {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        let document = try JSONDecoder().decode(Json.self, from: bytes)
        guard case .array(let scenarios) = document else {
            return [try Scenario(document, variables: variables)]
        }
        return try scenarios.map { try Scenario($0, variables: variables) }
    }

    private init(_ json: Json, variables: [String: String]) throws {
        guard case .object(let members) = json, case .text(let raw)? = members["name"],
            case .array(let steps)? = members["steps"], members.count == 2
        else { throw Wrong("a scenario has a name and steps") }
        do {
            guard case .text(let name) = try Json.text(raw).filled(with: variables) else {
                throw Wrong("a name is text")
            }
            self.name = name
            self.steps = try steps.map {
                guard case .object(let members) = try $0.filled(with: variables) else {
                    throw Wrong("a step is an object")
                }
                return members
            }
        } catch let wrong as Wrong {
            throw Wrong("\(raw): \(wrong)")
        }
    }

    /// Runs the steps; a line about the first that did otherwise than it should.
    func run() async -> String? {
        let world = World()
        for (index, members) in steps.enumerated() {
            var verb = "?"
            do {
                guard case .text(let text)? = members["do"] else { throw Wrong("no do") }
                verb = text
                try await runStep(verb, members, in: world)
            } catch {
                for name in world.tasks.names { world.tasks.take(name)?.work.cancel() }
                return "\(name): step \(index + 1) (\(verb)): \(error)"
            }
        }
        if let left = world.tasks.names.first { return "\(name): nobody awaited \(left)" }
        return nil
    }
}

private func runStep(_ verb: String, _ members: [String: Json], in world: World) async throws {
    var onProgress: ProgressHandler?
    if case .text(let name)? = members["progress"] {
        let record = ProgressRecord()
        world.progress.set(name, record)
        onProgress = { record.add($0) }
    }
    let step = Step(members, onProgress: onProgress)
    switch verb {
    case "await":
        let name = try step.text("task")
        guard let task = world.tasks.take(name) else { throw Wrong("there is no task \(name)") }
        try step.finish()
        try await compare(task)
    case "cancel":
        let task = try world.tasks.get(step.text("task"))
        try step.finish()
        task.work.cancel()
    case "progress":
        let record = try world.progress.get(step.text("of"))
        try step.finish()
        try checkProgress(record, expect: members["expect"])
    default:
        let task = BackgroundTask(
            work: Task { try await take(verb, step, in: world) }, step: step)
        if case .text(let name)? = members["background"] {
            world.tasks.set(name, task)
        } else {
            try await compare(task)
        }
    }
}

private func checkProgress(_ record: ProgressRecord, expect: Json?) throws {
    switch expect {
    case nil, .object([:]):
        try record.check(total: nil)
    case .object(let members):
        guard case .number(let total)? = members["total"], members.count == 1 else {
            throw Wrong("expect has a total")
        }
        try record.check(total: total)
    case let other?:
        throw Wrong("expect is no object: \(other)")
    }
}

/// Waits for the task, for a while, and compares what came of it.
private func compare(_ task: BackgroundTask) async throws {
    let (expect, error) = (task.step.members["expect"], task.step.members["error"])
    switch await patientResult(of: task.work) {
    case nil:
        task.work.cancel()
        throw Wrong("no answer in a minute")
    case .success(let outcome):
        try task.step.finish()
        if let error { throw Wrong("expected \(error), came \(outcome)") }
        if let expect { try outcome.check(expect) }
    case .failure(let came):
        guard let error else { throw came }
        try check(came, is: error)
        try task.step.finish()
    }
}
