//! The second look, at files whose names, or the names of whose folders, speak of KSeF.
//!
//! Holds: which files those are, and the words around each. Must not know: why such words count.

use std::collections::{BTreeMap, BTreeSet};

use gix::ObjectId;
use gix::objs::{Kind, TreeRefIter};

use super::{Named, Scene, blob, look};
use crate::base::Context;
use crate::source::crew::Hand;
use crate::source::git::store::{Damage, Each};
use crate::source::{Blob, Body};

/// Names with which one file is looked at by itself; all together where there are more.
const MOST_NAMES: usize = 64;

/// Looks at them with their names.
pub(super) fn visit(scene: Scene<'_, '_, '_>, jobs: usize) {
    let files = files(scene);
    let wanted: Vec<ObjectId> = files.keys().copied().collect();
    for (_, named) in files.iter().filter(|(id, _)| !scene.survey.store().has(id)) {
        // Whenever it comes to be here, its names must be met again.
        scene.told().spoke.extend(&named.trees);
    }
    let crew = scene.crew;
    scene.survey.some(&wanted, Some(Kind::Blob), jobs, &|| crew.is_over(), &|| {
        Box::new(Again { scene, hand: Hand::of(crew), files: &files }) as Box<dyn Each>
    });
}

/// The files with telling names, and those in folders with telling names.
fn files(scene: Scene<'_, '_, '_>) -> BTreeMap<ObjectId, Named> {
    let named = std::mem::take(&mut scene.told().named);
    let (folders, mut files): (BTreeMap<_, _>, BTreeMap<_, _>) =
        named.into_iter().partition(|(_, named)| named.is_folder);
    let mut bytes = Vec::new();
    for (folder, own) in folders {
        // Where it is not here that is told of the tree that names it.
        let Ok(Some(Kind::Tree)) = scene.survey.store().find(&folder, &mut bytes) else {
            scene.told().spoke.extend(&own.trees);
            continue;
        };
        for entry in TreeRefIter::from_bytes(&bytes, folder.kind()).map_while(Result::ok) {
            if entry.mode.is_tree() || entry.mode.is_commit() {
                continue;
            }
            let file: &mut Named = files.entry(entry.oid.to_owned()).or_default();
            let paths = own.names.iter().map(|folder| [folder.as_slice(), &[entry.filename.to_string()]].concat());
            file.names.extend(paths);
            file.trees.extend(own.trees.iter().copied());
            file.trees.insert(folder);
        }
    }
    files
}

/// One thread.
struct Again<'s, 'a, 'v> {
    scene: Scene<'s, 'a, 'v>,
    hand: Hand<'s, 'a, 'v>,
    files: &'s BTreeMap<ObjectId, Named>,
}

impl Each for Again<'_, '_, '_> {
    fn take(&mut self, kind: Kind, id: &ObjectId, size: u64, body: Body<'_>) {
        let Some(named) = self.files.get(id) else { return };
        let blob = |names: Vec<String>, body| Blob {
            context: Context { names },
            again: true,
            body,
            size: Some(size),
            ..blob(self.scene.number, kind, id)
        };
        // What is last counts as the name of the file, so that each is looked at by itself.
        let quiet = match body {
            Body::Whole(bytes) if named.names.len() <= MOST_NAMES => {
                let mut quiet = true;
                for names in &named.names {
                    quiet &= self.hand.visit_quietly(blob(names.clone(), Body::Whole(bytes)));
                }
                quiet
            }
            body => self.hand.visit_quietly(blob(named.names.iter().flatten().cloned().collect(), body)),
        };
        if !quiet {
            // The names must be met again whenever this is to be found again.
            let spoke: BTreeSet<ObjectId> = named.trees.iter().copied().chain([*id]).collect();
            self.scene.told().spoke.extend(spoke);
        }
    }

    // What cannot be read was told at the first look.
    fn damaged(&mut self, _: Kind, id: &ObjectId, _: Damage) {
        let trees = self.files.get(id).into_iter().flat_map(|named| &named.trees);
        self.scene.told().spoke.extend(trees);
    }

    fn panicked(&mut self) {
        look::tell_panic(self.scene, &mut self.hand);
    }
}
