"""What authors of labs use: release/ made from source/, and a new lab begun from templates."""
