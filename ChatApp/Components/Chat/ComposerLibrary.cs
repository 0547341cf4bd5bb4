using ChatApp.Agents;
using ChatApp.Conversations;
using ChatApp.Data;
using ChatApp.Files;
using ChatApp.Identity;
using ChatApp.Runs;
using Microsoft.Extensions.Options;

namespace ChatApp.Components.Chat;

/// <summary>What the composer of a person with an account has besides its text: drafts, files, agents.</summary>
public sealed class ComposerLibrary
{
    private readonly Drafts _drafts;
    private readonly RunMedia _media;
    private readonly AgentVision _sight;

    internal ComposerLibrary(Drafts drafts, RunMedia media, AgentVision sight, IOptions<FileLimits> files) =>
        (_drafts, _media, _sight, Files) = (drafts, media, sight, files.Value);

    public FileLimits Files { get; }

    public async Task<IReadOnlyList<ComposerAgent>> DescribeAsync(IReadOnlyList<AgentProfile> agents, CancellationToken cancellationToken)
    {
        var described = new List<ComposerAgent>(agents.Count);
        foreach (var agent in agents)
            described.Add(new ComposerAgent(agent.Slug, agent.Name, agent.Description, await _sight.IsBlindAsync(agent, cancellationToken)));
        return described;
    }

    /// <summary>The caller's files as they go with a message.</summary>
    /// <exception cref="RequestProblem">There are too many, or one of them is not there any more.</exception>
    public Task<IReadOnlyList<Attachment>> AttachAsync(CurrentUser caller, IReadOnlyList<Guid> ids, CancellationToken cancellationToken) =>
        _media.AttachAsync(caller, ids, "attachments", cancellationToken);

    /// <summary>Null where nothing was begun.</summary>
    public async Task<ComposerDraft?> FindDraftAsync(CurrentUser caller, string place, CancellationToken cancellationToken) =>
        await _drafts.FindAsync(caller, place, cancellationToken) is { } draft
            ? new ComposerDraft(draft.Text, draft.Agent, new DateTimeOffset(draft.UpdatedAt, TimeSpan.Zero).ToUnixTimeMilliseconds())
            : null;

    /// <summary>Keeps a draft; an empty one is deleted.</summary>
    /// <returns>Null where it was deleted, or could not be kept: it stays in the browser.</returns>
    public async Task<ComposerDraft?> SaveDraftAsync(CurrentUser caller, string place, string text, string? agent, CancellationToken cancellationToken)
    {
        try
        {
            await _drafts.SaveAsync(caller, place, text, agent, cancellationToken);
            return text.Length == 0 ? null : await FindDraftAsync(caller, place, cancellationToken);
        }
        catch (RequestProblem)
        {
            return null;
        }
    }

    public Task DeleteDraftAsync(CurrentUser caller, string place, CancellationToken cancellationToken) => _drafts.DeleteAsync(caller, place, cancellationToken);
}
