//! What a Windows access control list allows to others than the person.
//!
//! Platform reads the entries of a list; here is decided which of them matter. Security identifiers are texts such as
//! `S-1-1-0` (OD, "Well-known SIDs"), rights are the bits of an access mask (OD, "File Access Rights Constants").

/// One entry of an access control list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessEntry {
    /// Whom it is about, as a security identifier.
    pub sid: String,
    /// True if it allows, false if it denies.
    pub allows: bool,
    /// The rights.
    pub rights: u32,
    /// True if it is only passed on to what is in the folder, and says nothing about the folder itself.
    pub is_for_children_only: bool,
}

/// An access control list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccessList {
    /// There is none, so everybody may do everything; disks without access control are like that.
    Missing,
    /// The entries in their order; an empty list allows nothing to anybody.
    Entries(Vec<AccessEntry>),
}

/// Who owns a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileOwner {
    /// The security identifier.
    pub sid: String,
    /// True if it is the person who runs this program.
    pub is_me: bool,
    /// False if no account has this identifier any more.
    pub is_known: bool,
}

/// The system itself.
const SYSTEM: &str = "S-1-5-18";
/// Administrators, who can take every right anyway.
const ADMINISTRATORS: &str = "S-1-5-32-544";
/// A limit for whoever owns the file; it gives nothing to others.
const OWNER_RIGHTS: &str = "S-1-3-4";
/// Whoever creates something in a folder.
const CREATOR_OWNER: &str = "S-1-3-0";

/// Groups that hold more people than this one, with the names that a person knows them by.
const MANY: [(&str, &str); 10] = [
    ("S-1-1-0", "Everyone"),
    ("S-1-5-7", "Anonymous Logon"),
    ("S-1-5-11", "Authenticated Users"),
    ("S-1-5-4", "Interactive"),
    ("S-1-5-2", "Network"),
    ("S-1-5-32-545", "Users"),
    ("S-1-5-32-546", "Guests"),
    ("S-1-5-32-547", "Power Users"),
    ("S-1-5-15", "This Organization"),
    ("S-1-5-113", "Local account"),
];
/// The last numbers of a domain's groups for all its members and for its guests.
const MANY_OF_A_DOMAIN: [(&str, &str); 2] = [("513", "Domain Users"), ("514", "Domain Guests")];

/// Rights with which content can be changed: write, append, remove a child, delete, change the list or the owner, and
/// the general rights to write and to do everything.
const CHANGING: u32 = 0x2 | 0x4 | 0x40 | 0x1_0000 | 0x4_0000 | 0x8_0000 | 0x4000_0000 | 0x1000_0000;

/// True if a file in a person's folders may be changed although the owner may be another: the system and administrators,
/// whose files come from installers and elevated programs, and an account that is no more, if this person may write the
/// file. The files of a profile that was moved to a new account or computer belong to the old account.
pub fn is_owner_trusted(owner: &FileOwner, may_write: bool) -> bool {
    owner.is_me || [SYSTEM, ADMINISTRATORS].contains(&owner.sid.as_str()) || (!owner.is_known && may_write)
}

/// True if nobody has any right except the person with the identifier `me`, the system and administrators.
pub fn is_for_owner_only(list: &AccessList, me: &str) -> bool {
    let AccessList::Entries(entries) = list else { return false };
    let is_trusted = |sid: &str| [me, SYSTEM, ADMINISTRATORS, OWNER_RIGHTS, CREATOR_OWNER].contains(&sid);
    entries.iter().filter(|entry| entry.allows && entry.rights != 0).all(|entry| is_trusted(&entry.sid))
}

/// The groups of other people that may change something here, by their names; empty if there are none. What an earlier
/// entry denies to the same group does not count.
pub fn others_who_may_change(list: &AccessList) -> Vec<&'static str> {
    let AccessList::Entries(entries) = list else { return vec!["Everyone"] };
    let mut found = Vec::new();
    for (at, entry) in entries.iter().enumerate().filter(|(_, entry)| entry.allows && !entry.is_for_children_only) {
        let Some(name) = name_of_many(&entry.sid) else { continue };
        let earlier = entries[..at].iter().filter(|it| !it.allows && !it.is_for_children_only && it.sid == entry.sid);
        let denied = earlier.fold(0, |denied, it| denied | it.rights);
        if entry.rights & !denied & CHANGING != 0 && !found.contains(&name) {
            found.push(name);
        }
    }
    found
}

fn name_of_many(sid: &str) -> Option<&'static str> {
    let of_a_domain = || {
        let last = sid.strip_prefix("S-1-5-21-")?.rsplit('-').next()?;
        MANY_OF_A_DOMAIN.iter().find(|(number, _)| *number == last)
    };
    MANY.iter().find(|(known, _)| *known == sid).or_else(of_a_domain).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ME: &str = "S-1-5-21-1-2-3-1001";
    const FULL: u32 = 0x1f_01ff;
    const READ: u32 = 0x12_0089;
    const MODIFY: u32 = 0x13_01bf;

    fn entry(sid: &str, allows: bool, rights: u32) -> AccessEntry {
        AccessEntry { sid: sid.to_owned(), allows, rights, is_for_children_only: false }
    }

    #[track_caller]
    fn check(entries: &[(&str, bool, u32)], owner_only: bool, others: &[&str]) {
        let list = entries.iter().map(|(sid, allows, rights)| entry(sid, *allows, *rights)).collect();
        let list = AccessList::Entries(list);
        assert_eq!(is_for_owner_only(&list, ME), owner_only, "{list:?}");
        assert_eq!(others_who_may_change(&list), others, "{list:?}");
    }

    #[test]
    fn the_person_the_system_and_administrators_are_no_others() {
        check(&[(ME, true, FULL), (SYSTEM, true, FULL), (ADMINISTRATORS, true, FULL)], true, &[]);
        check(&[(ME, true, FULL), (OWNER_RIGHTS, true, READ)], true, &[]);
        check(&[], true, &[]);
    }

    #[test]
    fn files_of_an_account_that_is_no_more_are_trusted_if_they_may_be_written() {
        let other = "S-1-5-21-9-9-9-1001";
        for (sid, is_me, is_known, may_write, expected) in [
            (ME, true, true, false, true),
            (SYSTEM, false, true, false, true),
            (ADMINISTRATORS, false, true, false, true),
            (other, false, true, true, false),
            (other, false, false, true, true),
            (other, false, false, false, false),
        ] {
            let owner = FileOwner { sid: sid.to_owned(), is_me, is_known };
            assert_eq!(is_owner_trusted(&owner, may_write), expected, "{owner:?} {may_write}");
        }
    }

    #[test]
    fn whoever_reads_is_another_and_whoever_writes_is_named() {
        check(&[(ME, true, FULL), ("S-1-5-32-545", true, READ)], false, &[]);
        check(&[(ME, true, FULL), ("S-1-5-11", true, MODIFY)], false, &["Authenticated Users"]);
        check(&[("S-1-1-0", true, 0x1000_0000)], false, &["Everyone"]);
        check(&[("S-1-5-21-1-2-3-513", true, 0x2)], false, &["Domain Users"]);
        check(&[("S-1-5-21-1-2-3-1002", true, FULL)], false, &[]);
        check(&[("S-1-5-32-546", true, 0x4), ("S-1-5-32-546", true, 0x2)], false, &["Guests"]);
    }

    #[test]
    fn what_is_denied_first_or_meant_for_children_does_not_count() {
        check(&[("S-1-1-0", false, FULL), ("S-1-1-0", true, MODIFY)], false, &[]);
        check(&[("S-1-1-0", true, MODIFY), ("S-1-1-0", false, FULL)], false, &["Everyone"]);
        let passed_on = AccessEntry { is_for_children_only: true, ..entry("S-1-1-0", true, FULL) };
        assert!(others_who_may_change(&AccessList::Entries(vec![passed_on])).is_empty());
    }

    #[test]
    fn without_a_list_everybody_may_do_everything() {
        assert!(!is_for_owner_only(&AccessList::Missing, ME));
        assert_eq!(others_who_may_change(&AccessList::Missing), ["Everyone"]);
    }
}
