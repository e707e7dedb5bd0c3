//! `cargo xtask graph`: which room of a crate uses which, or which file, and the circles.

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::crates;
use crate::module_graph::digraph::Digraph;
use crate::module_graph::{ModuleGraph, ModulePath};
use crate::workspace::Workspace;

#[derive(clap::Args)]
pub(crate) struct Graph {
    /// The package whose modules are shown, such as `sealwood`.
    package: String,
    /// Show every module and not only rooms, the modules at the top.
    #[arg(long)]
    files: bool,
    /// Write the graph for Graphviz: `cargo xtask graph sealwood --dot | dot -Tsvg`.
    #[arg(long)]
    dot: bool,
}

impl Graph {
    pub(crate) fn run(&self, workspace: &Workspace) -> Result<ExitCode> {
        let crates = crates::list(workspace)?;
        let Some(one) = crates.iter().find(|one| one.name == self.package) else {
            let names: Vec<_> = crates.iter().map(|one| one.name.as_str()).collect();
            bail!("{} is none of {}", self.package, names.join(", "));
        };
        for top in &one.tops {
            let graph = ModuleGraph::read(workspace.root(), top)?;
            let arrows = self.arrows(&graph);
            let mut digraph = Digraph::default();
            arrows.iter().for_each(|(from, to)| digraph.add(from, to));
            print!("{}", if self.dot { dot(&digraph) } else { text(&digraph) });
        }
        Ok(ExitCode::SUCCESS)
    }

    fn arrows(&self, graph: &ModuleGraph) -> Vec<(String, String)> {
        if self.files {
            let name = |path: &ModulePath| format!("crate::{}", path.join("::"));
            let uses = graph.uses.iter().filter(|one| !one.from.is_empty() && !one.to.is_empty());
            uses.map(|one| (name(&one.from), name(&one.to))).collect()
        } else {
            let uses = graph.uses_of_rooms();
            uses.map(|(from, to, _)| (from.to_owned(), to.to_owned())).collect()
        }
    }
}

/// A line for each name with what it uses, and one for each knot of circles.
fn text(graph: &Digraph) -> String {
    let join = |names: &std::collections::BTreeSet<&str>| {
        names.iter().copied().collect::<Vec<_>>().join(", ")
    };
    let arrows = graph.arrows().map(|(from, to)| format!("{from}: {}\n", join(to)));
    let knots = graph.knots().into_iter().map(|knot| format!("in circles: {}\n", join(&knot)));
    arrows.chain(knots).collect()
}

fn dot(graph: &Digraph) -> String {
    let arrows = graph.arrows().flat_map(|(from, targets)| {
        targets.iter().map(move |to| format!("  \"{from}\" -> \"{to}\";\n"))
    });
    format!("digraph {{\n{}}}\n", arrows.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_graph_is_written_in_both_ways() {
        let mut graph = Digraph::default();
        [("a", "b"), ("b", "a"), ("b", "c")].iter().for_each(|(from, to)| graph.add(from, to));
        assert_eq!(text(&graph), "a: b\nb: a, c\nin circles: a, b\n");
        let lines = "  \"a\" -> \"b\";\n  \"b\" -> \"a\";\n  \"b\" -> \"c\";\n";
        assert_eq!(dot(&graph), format!("digraph {{\n{lines}}}\n"));
    }
}
