namespace ChatApp.Components.Chat;

/// <summary>A message as the composer sends it. Sent again it is the same in every part, so that it is taken once.</summary>
/// <param name="Id">Stays the same when it is sent again.</param>
/// <param name="ConversationId">Where it was written; null for a new chat.</param>
/// <param name="Agent">Slug of the agent that was picked for it; null for the conversation's.</param>
public sealed record ComposedMessage(string Text, string Id, Guid? ConversationId, string? Agent);
