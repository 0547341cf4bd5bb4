namespace ChatApp.Transfer;

/// <summary>What an import took, and what not and why.</summary>
/// <param name="Format">chatapp, chatgpt or claude.</param>
/// <param name="Imported">Conversations that are new here.</param>
/// <param name="AlreadyHere">Conversations that an earlier import brought, or that were exported from here.</param>
/// <param name="Refused">Conversations that could not be taken; each is in <paramref name="Conversations"/> with its reason.</param>
/// <param name="Prompts">Saved prompts that are new here.</param>
/// <param name="Problem">Why the rest of the file was not read; null where all was.</param>
public sealed record ImportReport(
    string Format, int Imported, int AlreadyHere, int Refused, int Prompts, string? Problem, IReadOnlyList<ImportedConversation> Conversations);

/// <summary>What became of one conversation of the file.</summary>
/// <param name="Id">Here; null where it was refused.</param>
/// <param name="Messages">Messages that were stored now.</param>
/// <param name="Notes">What of it was left out, in sentences; for a refused one why.</param>
public sealed record ImportedConversation(Guid? Id, string Title, ImportOutcome Outcome, int Messages, IReadOnlyList<string> Notes);

/// <summary>What became of a conversation.</summary>
public enum ImportOutcome
{
    Imported,
    AlreadyHere,
    Refused,
}
